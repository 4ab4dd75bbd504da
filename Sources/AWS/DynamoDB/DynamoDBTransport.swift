public import JSON
public import NIOCore

/// Whoever can bring a request to DynamoDB: the client, or a stand-in in a test.
public protocol DynamoDBTransport: Sendable {
    /// Sends one operation and returns the raw reply, which holds what a successful operation returns.
    ///
    /// - Parameters:
    ///   - body: The request as JSON, UTF-8.
    ///   - deadline: When the answer is of no use any more; nil for never.
    /// - Throws: ``DynamoDBError``, also for every reply by which the service refuses.
    func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse
}

/// The reply to an operation that succeeded.
public struct DynamoDBResponse: Sendable {
    /// The reply's JSON, UTF-8, as it came.
    public let body: ByteBuffer
    /// How many requests were sent for it. With more than one, an earlier one may have taken effect as well.
    public let attempts: Int

    /// A reply of the given parts.
    public init(body: ByteBuffer, attempts: Int = 1) {
        self.body = body
        self.attempts = attempts
    }

    /// Reads the body in place. It must be one JSON value, which `read` consumes.
    ///
    /// - Throws: ``DynamoDBError`` (`malformedReply`) when the body is not the JSON that `read` expects.
    public func read<Value>(
        _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(DynamoDBError) -> Value {
        do throws(JSONError) {
            return try body.withUnsafeReadableBytes { bytes throws(JSONError) in
                var reader = JSONReader(bytes)
                let value = try read(&reader)
                try reader.finish()
                return value
            }
        } catch {
            throw DynamoDBError(.malformedResponse("\(error)"), attempts: attempts)
        }
    }
}
