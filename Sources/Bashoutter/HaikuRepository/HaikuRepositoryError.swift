/// Why an operation on the haiku failed. The associated texts are for the log.
package enum HaikuRepositoryError: Error, Equatable, Sendable {
    /// DynamoDB throttled the request.
    case throttled
    /// DynamoDB could not be reached, was unavailable, or did not respond before the deadline.
    case unavailable(String)
    /// What is stored does not permit the change, for example because another tool stored it. Nothing was changed.
    case conflict(String)
    /// DynamoDB rejected the request, or its response was malformed.
    case failed(String)
}
