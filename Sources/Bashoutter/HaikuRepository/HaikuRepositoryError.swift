/// Why an operation on the haiku failed. The associated texts are for the log.
package enum HaikuRepositoryError: Error, Equatable, Sendable {
    /// DynamoDB throttled the request.
    case throttled
    /// DynamoDB could not be reached, was unavailable or sent no intact response in time, or the task was cancelled.
    case unavailable(String)
    /// The stored item, which another tool may have written, does not permit the change. Nothing was changed.
    case conflict(String)
    /// DynamoDB rejected the request or failed, or its response was malformed.
    case failed(String)
}
