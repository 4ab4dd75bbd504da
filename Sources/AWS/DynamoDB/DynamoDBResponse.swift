package import JSON
package import NIOCore

/// The response to a successful operation.
package struct DynamoDBResponse: Sendable {
    /// The response's JSON, UTF-8, unparsed.
    package let body: ByteBuffer
    /// How many requests may have reached the service. With more than one, an earlier one may have taken effect too.
    package let attempts: Int

    package init(body: ByteBuffer, attempts: Int = 1) {
        self.body = body
        self.attempts = attempts
    }

    /// Parses the body in place. It must be one JSON value, which `read` consumes.
    ///
    /// - Throws: ``DynamoDBError`` (`malformedResponse`) when the body is not the JSON that `read` expects.
    package func read<Value>(
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
