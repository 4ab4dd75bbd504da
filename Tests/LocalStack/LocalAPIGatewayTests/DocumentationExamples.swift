import HTTPMessage
import HTTPServer
import LocalAPIGateway
import LocalLambda
import NIOCore
import ServerlessTemplate

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func gateway(
        _ request: Request, template: ServerlessTemplate, lambda: LocalLambda
    ) async throws -> HTTPResponse {
        let gateway = LocalAPIGateway(routes: template.routes, cors: template.cors, lambda: lambda)
        let response = try await gateway.respond(to: request).get()
        return response
    }
}
