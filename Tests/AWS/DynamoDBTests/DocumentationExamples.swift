import DynamoDB
import Logging
import NIOCore

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
/// Compiled but not called: the endpoint is DynamoDB's own.
enum DocumentationExamples {
    static func client(
        environment: [String: String],
        eventLoop: any EventLoop,
        logger: Logger
    ) async throws -> DynamoDBResponse {
        let client = DynamoDBClient(
            configuration: try DynamoDBConfiguration(environment: { environment[$0] }),
            eventLoop: eventLoop,
            logger: logger
        )
        try await client.open()
        let body = Array(#"{"TableName":"haiku","Key":{"item_id":{"S":"1"}}}"#.utf8)
        let response = try await client.send(.getItem, body: body, deadline: .now + .seconds(2))
        return response
    }
}
