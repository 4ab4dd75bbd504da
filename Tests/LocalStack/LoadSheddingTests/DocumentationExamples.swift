import HummingbirdCore
import LoadShedding
import NIOCore

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func body(
        of request: Request,
        budget: BodyBudget,
        parse: (ByteBuffer) throws -> String
    ) async throws -> String {
        let event = try await budget.withBody(of: request, upTo: 10 << 20) { body in try parse(body) }
        return event
    }

    static func server() -> HTTPServerBuilder {
        let limit = ConnectionLimit(1_000, refusal: ByteBuffer(string: "HTTP/1.1 503 Service Unavailable\r\n\r\n"))
        let server = limit.http1(configuration: .init())
        return server
    }
}
