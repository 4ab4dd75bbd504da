import LambdaRuntime

/// A function that only returns "OK", to measure the overhead of the runtime.
struct OK: LambdaHandler {
    func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
        Array(#""OK""#.utf8)
    }
}

LambdaRuntime.run { _ in OK() }
