/// Sends requests to DynamoDB: ``DynamoDBClient``, or a fake in a test.
package protocol DynamoDBTransport: Sendable {
    /// Sends one request and returns the response if it succeeds.
    ///
    /// - Parameters:
    ///   - body: The request as JSON, UTF-8.
    ///   - deadline: When to give up; nil for no deadline.
    /// - Throws: ``DynamoDBError``, also when the service rejects the request.
    func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse
}
