import HaikuAPI
import LambdaRuntime

LambdaRuntime.run { context in
    try await HaikuFunction(context) { table, _ in PatchHaikuEndpoint(table) }
}
