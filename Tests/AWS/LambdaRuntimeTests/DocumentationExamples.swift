import LambdaRuntime

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    struct Greeter: LambdaHandler {
        let name: String

        func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
            Array("\"Hello, \(name)!\"".utf8)
        }
    }

    static func greet() -> Never {
        LambdaRuntime.run { context in
            let name = context.environment["NAME"] ?? "world"
            return Greeter(name: name)  // a LambdaHandler
        }
    }
}
