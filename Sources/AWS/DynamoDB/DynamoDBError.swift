public import HTTPConnection

/// Why an operation did not succeed.
public struct DynamoDBError: Error, Sendable, Equatable {
    /// What went wrong at last, when there were several attempts.
    public enum Reason: Sendable, Equatable {
        /// The service refused.
        case exception(DynamoDBException)
        /// No answer came in time.
        case timedOut
        /// The connection failed.
        case connection(HTTPConnectionError)
        /// The reply's body did not have the checksum that its header named.
        case checksumMismatch
        /// The reply was not what the API promises.
        case malformedResponse(String)
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong.
    public let reason: Reason
    /// How many requests were sent. Unless the service refused the last, any of them may have taken effect; if it did,
    /// any of the earlier ones.
    public let attempts: Int

    /// An error of the given parts.
    public init(_ reason: Reason, attempts: Int = 1) {
        self.reason = reason
        self.attempts = attempts
    }

    /// The service's refusal, if that is the reason.
    public var exception: DynamoDBException? {
        if case .exception(let exception) = reason { exception } else { nil }
    }

    /// Whether the service asks to slow down, so that the same request may succeed later.
    public var isThrottling: Bool { exception?.isThrottling ?? false }

    /// Whether the item was not as the request's condition wants it.
    public var isConditionalCheckFailed: Bool { exception?.code == .conditionalCheckFailed }
}

extension DynamoDBError: CustomStringConvertible {
    /// What went wrong, for logs; nothing of items, keys or credentials but what the service's message quotes.
    public var description: String {
        "\(reason) (attempts: \(attempts))"
    }
}

extension DynamoDBError.Reason: CustomStringConvertible {
    /// What went wrong, for logs.
    public var description: String {
        switch self {
        case .exception(let exception): "\(exception)"
        case .timedOut: "DynamoDB did not answer in time"
        case .connection(let error): "DynamoDB cannot be reached: \(error)"
        case .checksumMismatch: "DynamoDB's reply was damaged on its way"
        case .malformedResponse(let message): "DynamoDB's reply cannot be read: \(message)"
        case .cancelled: "cancelled"
        }
    }
}
