import HaikuAPI
import LambdaRuntime

LambdaRuntime.run { start in
    try await HaikuFunction(start) { table in PostHaikuEndpoint(table) }
}
