import HTTPConnection

/// The failure of one attempt at an operation.
struct AttemptFailure: Error {
    enum RetryDecision {
        /// Retry: the connection was stale, or the local clock was wrong. The first such retry of an operation has no pause
        /// and does not count against the retry quota.
        case retryImmediately
        /// Retry after a pause.
        case retry(isThrottling: Bool)
        case doNotRetry
    }

    let reason: DynamoDBError.Reason
    let decision: RetryDecision
    /// From the response's `x-amz-retry-after` or `Retry-After` header.
    var requestedPause: Duration?
    /// Whether the request may have reached the service.
    var isSent = true
}

extension AttemptFailure {
    init(_ error: HTTPConnectionError) {
        isSent = error.requestMayHaveBeenSent
        reason =
            switch error.kind {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: .connection(error)
            }
        decision =
            switch error.kind {
            case .closedBeforeResponse where error.isStaleConnection: .retryImmediately
            case .connectFailed, .tls, .timedOut, .closedBeforeResponse, .closedInResponse, .invalidResponse:
                .retry(isThrottling: false)
            case .responseTooLarge, .invalidRequest, .cancelled: .doNotRetry
            }
    }
}
