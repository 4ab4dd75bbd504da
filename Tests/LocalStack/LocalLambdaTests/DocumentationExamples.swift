import LocalLambda
import NIOCore

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func invocation(
        of functions: [LocalFunction],
        loop: any EventLoop,
        event: ByteBuffer
    ) async throws -> InvocationResult {
        let lambda = LocalLambda(functions, eventLoop: loop, log: { print(String(buffer: $0)) })
        await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
        let result = try await lambda.invoke("GetHaiku", payload: event).get()
        return result
    }
}
