package import HTTPConnection

/// The failure of an operation, after its last attempt.
package struct DynamoDBError: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// The service responded with an error.
        case exception(DynamoDBException)
        /// There was no response within the deadline or the attempt's timeout.
        case timedOut
        case connection(HTTPConnectionError)
        /// The response's body does not have the CRC-32 of its `x-amz-crc32` header.
        case checksumMismatch
        /// The response's body is not the JSON that the API documents.
        case malformedResponse(String)
        /// The task was cancelled.
        case cancelled
    }

    /// Why the last attempt failed.
    package let reason: Reason
    /// How many requests may have reached the service. Each may have taken effect unless the service rejected it.
    package let attempts: Int

    package init(_ reason: Reason, attempts: Int = 1) {
        self.reason = reason
        self.attempts = attempts
    }

    package var exception: DynamoDBException? {
        if case .exception(let exception) = reason { exception } else { nil }
    }

    package var isConditionalCheckFailed: Bool { exception?.code == .conditionalCheckFailed }
}

extension DynamoDBError: CustomStringConvertible {
    /// A description for logs. It contains no items, keys or credentials, except what the service's message quotes.
    package var description: String {
        "\(reason) (attempts: \(attempts))"
    }
}

extension DynamoDBError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exception(let exception): "\(exception)"
        case .timedOut: "DynamoDB did not respond in time"
        case .connection(let error): "the connection to DynamoDB failed: \(error)"
        case .checksumMismatch: "DynamoDB's response does not match its checksum"
        case .malformedResponse(let message): "DynamoDB's response is malformed: \(message)"
        case .cancelled: "cancelled"
        }
    }
}
