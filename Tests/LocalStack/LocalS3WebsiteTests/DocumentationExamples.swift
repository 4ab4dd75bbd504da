import HTTPMessage
import HTTPServer
import LocalS3Website
import NIOCore

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func website(_ request: Request, eventLoop: any EventLoop) async throws -> HTTPResponse? {
        let site = LocalS3Website(root: "web", eventLoop: eventLoop)
        if let response = try await site.respond(to: request).get() { return response }
        return nil
    }
}
