import LambdaRuntime

/// A function that only answers "OK": what is left is the runtime's own cost.
struct OK: LambdaHandler {
    func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
        Array(#""OK""#.utf8)
    }
}

LambdaRuntime.run { _ in OK() }
