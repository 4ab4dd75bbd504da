import HTTPMessage
import HTTPServer
import NIOCore

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func server(on eventLoop: any EventLoop) async throws {
        final class MyResponder: Responder, Sendable {
            let eventLoop: any EventLoop
            init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }
            func decide(on request: Request) -> RequestDecision { .admit(maximumBodySize: 1_000) }
            func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
                eventLoop.makeSucceededFuture(HTTPResponse(status: 204))
            }
            func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse? { nil }
        }
        try await HTTPServer.run(.init(port: 8080), on: eventLoop) { MyResponder(on: eventLoop) }
    }
}
