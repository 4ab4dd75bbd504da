import HaikuAPI
import LambdaRuntime

LambdaRuntime.run { context in
    try await HaikuFunction(context) { table, settings in
        GetHaikuEndpoint(table, listCacheSeconds: settings.listCacheSeconds)
    }
}
