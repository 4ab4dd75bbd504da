import EmbeddedDynamoDB
import Logging

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called.
enum DocumentationExamples {
    static func database(logger: Logger) async throws {
        let database = try EmbeddedDynamoDB(dataDirectory: ".data", port: 8000, logger: logger)
        try await database.run()
    }
}
