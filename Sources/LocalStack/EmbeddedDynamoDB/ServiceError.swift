/// An error response of DynamoDB.
///
/// Source: "Error handling with DynamoDB".
package struct ServiceError: Error, Equatable, Sendable {
    /// The type of an error; the raw value is the response's `__type`.
    package enum Kind: String, Sendable {
        case validation = "com.amazon.coral.validate#ValidationException"
        case serialization = "com.amazon.coral.service#SerializationException"
        case unknownOperation = "com.amazon.coral.service#UnknownOperationException"
        case missingAuthenticationToken = "com.amazon.coral.service#MissingAuthenticationTokenException"
        case incompleteSignature = "com.amazon.coral.service#IncompleteSignatureException"
        case invalidSignature = "com.amazon.coral.service#InvalidSignatureException"
        case accessDenied = "com.amazon.coral.service#AccessDeniedException"
        case requestTooLarge = "com.amazon.coral.service#RequestEntityTooLargeException"
        case serviceUnavailable = "com.amazonaws.dynamodb.v20120810#ServiceUnavailable"
        case internalServerError = "com.amazonaws.dynamodb.v20120810#InternalServerError"
        case resourceNotFound = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
        case resourceInUse = "com.amazonaws.dynamodb.v20120810#ResourceInUseException"
        case limitExceeded = "com.amazonaws.dynamodb.v20120810#LimitExceededException"
        case conditionalCheckFailed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    }

    package let kind: Kind
    package let message: String
    /// The item that failed the condition, as DynamoDB JSON, if the request set ReturnValuesOnConditionCheckFailure.
    let item: [UInt8]?

    init(_ kind: Kind, _ message: String, item: [UInt8]? = nil) {
        self.kind = kind
        self.message = message
        self.item = item
    }

    static func validation(_ message: String) -> ServiceError { ServiceError(.validation, message) }

    /// A validation error whose message starts with the service's common phrase.
    static func invalidParameter(_ message: String) -> ServiceError {
        .validation("One or more parameter values were invalid: " + message)
    }

    /// A write failed because the disk is full. Clients retry this error.
    static let diskFull = ServiceError(.serviceUnavailable, "The disk is full: nothing can be written")
    static let tableNotFound = ServiceError(.resourceNotFound, "Requested resource not found")
    static let keyDoesNotMatchSchema = ServiceError.validation("The provided key element does not match the schema")
}
