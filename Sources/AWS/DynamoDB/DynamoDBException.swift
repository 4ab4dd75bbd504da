/// A refusal by the service, as its reply says it.
public struct DynamoDBException: Sendable, Equatable {
    /// The kinds of refusal (DynamoDB Developer Guide: "Error handling with DynamoDB"; AWS: "Common Errors").
    public enum Code: Sendable, Equatable {
        /// The condition of a write is not true.
        case conditionalCheckFailed
        /// A table or index, or one partition, is asked for more than it is provisioned for.
        case provisionedThroughputExceeded
        /// Too many requests for an on-demand table, or too many control-plane requests.
        case throttling
        /// The account's throughput is exceeded.
        case requestLimitExceeded
        /// The partition's item collection exceeds 10 GB.
        case itemCollectionSizeLimitExceeded
        /// There is no such table or index, or it is not active yet.
        case resourceNotFound
        /// The table exists already or is being changed.
        case resourceInUse
        /// Too many control-plane operations at once, or too many tables.
        case limitExceeded
        /// Another transaction works on the item.
        case transactionConflict
        /// The request is malformed or breaks a rule.
        case validation
        /// The request's JSON is malformed.
        case serialization
        /// The credentials do not allow the operation.
        case accessDenied
        /// The key is unknown, or the token does not belong to it.
        case unrecognizedClient
        /// The temporary credentials have run out.
        case expiredToken
        /// The signature is wrong, or its time is.
        case invalidSignature
        /// The service failed.
        case internalServerError
        /// The service is not available.
        case serviceUnavailable
        /// Any other, by the name that the service gave it; empty when it gave none.
        case other(String)
    }

    /// What kind of refusal it is.
    public let code: Code
    /// The service's words.
    public let message: String
    /// The HTTP status.
    public let status: Int
    /// The service's name for the request, for its support.
    public let requestID: String?
    /// The item as it is, when a condition failed and the request asked for the item with
    /// `ReturnValuesOnConditionCheckFailure`.
    public let item: [String: AttributeValue]?

    /// An exception of the given parts.
    public init(
        _ code: Code,
        message: String = "",
        status: Int = 400,
        requestID: String? = nil,
        item: [String: AttributeValue]? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
        self.item = item
    }

    /// Whether the service asks to slow down.
    public var isThrottling: Bool {
        switch code {
        case .provisionedThroughputExceeded, .throttling, .requestLimitExceeded, .limitExceeded: true
        case .other(let name): Self.otherThrottlingNames.contains(name) || status == 429
        default: false
        }
    }

    /// Whether the fault lies in the service or on the way to it, so that the same request may succeed now.
    var isTransient: Bool {
        switch code {
        case .internalServerError, .serviceUnavailable, .other("RequestTimeout"), .other("RequestTimeoutException"):
            true
        default:
            [500, 502, 503, 504].contains(status)
        }
    }

    /// Whether the service found the request's time to be wrong.
    var isClockSkew: Bool {
        switch code {
        case .invalidSignature, .other("RequestTimeTooSkewed"), .other("RequestExpired"): true
        default: false
        }
    }

    /// Names that AWS's SDKs take for throttling in any service (botocore: retries/standard.py).
    private static let otherThrottlingNames: Set<String> = [
        "Throttling", "ThrottledException", "RequestThrottledException", "RequestThrottled", "TooManyRequestsException",
        "TransactionInProgressException", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete",
    ]
}

extension DynamoDBException: CustomStringConvertible {
    /// The name, the message and the request's name.
    public var description: String {
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
        (.itemCollectionSizeLimitExceeded, "ItemCollectionSizeLimitExceededException"),
        (.resourceNotFound, "ResourceNotFoundException"),
        (.resourceInUse, "ResourceInUseException"),
        (.limitExceeded, "LimitExceededException"),
        (.transactionConflict, "TransactionConflictException"),
        (.validation, "ValidationException"),
        (.serialization, "SerializationException"),
        (.accessDenied, "AccessDeniedException"),
        (.unrecognizedClient, "UnrecognizedClientException"),
        (.expiredToken, "ExpiredTokenException"),
        (.invalidSignature, "InvalidSignatureException"),
        (.internalServerError, "InternalServerError"),
        (.serviceUnavailable, "ServiceUnavailable"),
    ]

    /// The code with the name that the service uses; `other` when it is none of the known ones.
    public init(name: String) {
        self =
            switch name {
            case "InternalServerErrorException", "InternalFailure": .internalServerError
            case "ServiceUnavailableException": .serviceUnavailable
            case "RequestLimitExceededException": .requestLimitExceeded
            default: Self.names.first { $0.name == name }?.code ?? .other(name)
            }
    }

    /// The name that the service uses.
    public var name: String {
        if case .other(let name) = self { return name }
        return Self.names.first { $0.code == self }?.name ?? ""
    }
}
