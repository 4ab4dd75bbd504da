import Hummingbird
import LocalAPIGateway
import LocalLambda
import ServerlessTemplate

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func gateway(_ request: Request, template: ServerlessTemplate, lambda: LocalLambda) async -> Response {
        let gateway = LocalAPIGateway(routes: template.routes, cors: template.cors, lambda: lambda)
        let response = await gateway.respond(to: request)
        return response
    }
}
