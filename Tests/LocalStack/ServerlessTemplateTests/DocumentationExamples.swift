import ServerlessTemplate

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func routes() throws {
        let template = try ServerlessTemplate(contentsOf: "infra/template.yaml", localDefaults: ["FeedShards": "1"])
        for route in template.routes { print(route.method, route.path, "→", route.functionID) }
    }
}
