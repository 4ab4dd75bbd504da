import Hummingbird
import LocalS3Website

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func website(_ request: Request) async -> Response? {
        let site = LocalS3Website(root: "web")
        if let response = await site.respond(to: request) { return response }
        return nil
    }
}
