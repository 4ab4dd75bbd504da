/// An error response of DynamoDB.
package struct DynamoDBException: Sendable, Equatable {
    /// The error's name, as far as the client or the application distinguishes it (DynamoDB Developer Guide: "Error
    /// handling with DynamoDB"; AWS: "Common Errors").
    package enum Code: Sendable, Equatable {
        case conditionalCheckFailed
        /// A table, an index or one of its partitions exceeds its provisioned throughput.
        case provisionedThroughputExceeded
        /// An on-demand table or the control plane throttles.
        case throttling
        /// The account exceeds its throughput.
        case requestLimitExceeded
        /// There are too many concurrent control-plane operations, or too many tables.
        case limitExceeded
        /// The signature is wrong, or its timestamp is too far from the service's time.
        case invalidSignature
        case internalServerError
        case serviceUnavailable
        /// The service's name for any other error; empty if the response has none.
        case other(String)
    }

    package let code: Code
    package let message: String
    package let status: Int
    /// The request's ID, which AWS Support can look up.
    package let requestID: String?
    /// The item's attributes, as DynamoDB's JSON, if a condition failed and the request set
    /// `ReturnValuesOnConditionCheckFailure`.
    package let item: [UInt8]?

    package init(
        _ code: Code,
        message: String = "",
        status: Int = 400,
        requestID: String? = nil,
        item: [UInt8]? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
        self.item = item
    }

    /// Whether DynamoDB throttled the request, so that it may succeed later.
    package var isThrottling: Bool {
        switch code {
        case .provisionedThroughputExceeded, .throttling, .requestLimitExceeded, .limitExceeded: true
        case .other(let name): Self.otherThrottlingNames.contains(name) || status == 429
        default: false
        }
    }

    /// Whether the service or an intermediary failed, so that the same request may succeed now.
    var isTransient: Bool {
        switch code {
        case .internalServerError, .serviceUnavailable, .other("RequestTimeout"), .other("RequestTimeoutException"):
            true
        default:
            [500, 502, 503, 504].contains(status)
        }
    }

    /// Whether a wrong local clock may be the cause.
    var isClockSkew: Bool {
        switch code {
        case .invalidSignature, .other("RequestTimeTooSkewed"), .other("RequestExpired"): true
        default: false
        }
    }

    /// Names that AWS's SDKs treat as throttling for every service (botocore: retries/standard.py).
    private static let otherThrottlingNames: Set<String> = [
        "Throttling", "ThrottledException", "RequestThrottledException", "RequestThrottled", "TooManyRequestsException",
        "TransactionInProgressException", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete",
    ]
}

extension DynamoDBException: CustomStringConvertible {
    package var description: String {
        var text = code.name.isEmpty ? "HTTP status \(status)" : code.name
        if !message.isEmpty { text += ": \(message)" }
        if let requestID { text += " (request \(requestID))" }
        return text
    }
}

extension DynamoDBException.Code {
    private static let names: [(code: Self, name: String)] = [
        (.conditionalCheckFailed, "ConditionalCheckFailedException"),
        (.provisionedThroughputExceeded, "ProvisionedThroughputExceededException"),
        (.throttling, "ThrottlingException"),
        (.requestLimitExceeded, "RequestLimitExceeded"),
        (.limitExceeded, "LimitExceededException"),
        (.invalidSignature, "InvalidSignatureException"),
        (.internalServerError, "InternalServerError"),
        (.serviceUnavailable, "ServiceUnavailable"),
    ]

    /// The code for an error name; the service uses several names for some errors.
    package init(name: String) {
        self =
            switch name {
            case "InternalServerErrorException", "InternalFailure": .internalServerError
            case "ServiceUnavailableException": .serviceUnavailable
            case "RequestLimitExceededException": .requestLimitExceeded
            default: Self.names.first { $0.name == name }?.code ?? .other(name)
            }
    }

    package var name: String {
        if case .other(let name) = self { return name }
        return Self.names.first { $0.code == self }?.name ?? ""
    }
}
