import Logging

extension DynamoDBClient {
    /// See ``DynamoDBTransport/send(_:body:deadline:)``.
    ///
    /// Retries transient failures and throttling as ``RetryPolicy`` says, while the deadline and the retry quota allow it.
    /// The first failure due to a stale reused connection or a corrected clock skew is retried immediately.
    package func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse {
        let connection = connections.acquire()
        defer { connections.release(connection) }
        var state = RetryState(deadline: deadline)
        while true {
            let timeout = try attemptTimeout(state)
            do throws(AttemptFailure) {
                state.sent += 1
                let body = try await attempt(operation, body: body, on: connection, timeout: timeout)
                quota.refill(lastCost: state.lastCost)
                return DynamoDBResponse(body: body, attempts: state.sent)
            } catch {
                if !error.isSent { state.sent -= 1 }
                try await recover(from: error, of: operation, &state)
            }
        }
    }

    /// The progress of one operation.
    private struct RetryState {
        let deadline: ContinuousClock.Instant?
        /// Requests that may have reached the service.
        var sent = 0
        /// Failed attempts, without those that were retried immediately.
        var failed = 0
        var hasRetriedImmediately = false
        /// The cost of the last retry in quota tokens.
        var lastCost: Int?
    }

    /// With less time left than this, another attempt would most likely time out but might still take effect.
    private static let minimumTimeForRetry: Duration = .milliseconds(5)
    /// An attempt's timeout is not halved below this for the sake of later attempts.
    private static let minimumShare: Duration = .milliseconds(500)

    /// The timeout of the next attempt. Unless it is the last, it gets half of the remaining time, so that a connection
    /// that was dropped silently does not use up the deadline.
    private func attemptTimeout(_ state: RetryState) throws(DynamoDBError) -> Duration {
        guard let deadline = state.deadline else { return configuration.attemptTimeout }
        let left = dependencies.now().duration(to: deadline)
        guard left > .zero else { throw DynamoDBError(.timedOut, attempts: state.sent) }
        let isLast = state.failed + 1 >= configuration.retry.maximumAttempts
        let share = isLast ? left : max(left / 2, min(left, Self.minimumShare))
        return min(share, configuration.attemptTimeout)
    }

    /// Returns when another attempt should be made; otherwise throws the failure.
    private func recover(
        from failure: AttemptFailure,
        of operation: DynamoDBOperation,
        _ state: inout RetryState
    ) async throws(DynamoDBError) {
        let error = DynamoDBError(failure.reason, attempts: state.sent)
        let isThrottling: Bool
        switch failure.decision {
        case .doNotRetry:
            // An exception that the request itself caused, such as a failed condition, shows that the service works.
            if error.exception != nil { quota.refill(lastCost: state.lastCost) }
            throw error
        case .retryImmediately where !state.hasRetriedImmediately:
            state.hasRetriedImmediately = true
            logger.debug("retrying immediately", metadata: metadata(operation, failure))
            return
        case .retryImmediately:
            isThrottling = false
        case .retry(let throttling):
            isThrottling = throttling
        }
        state.failed += 1
        let policy = configuration.retry
        guard state.failed < policy.maximumAttempts else { throw error }
        let pause = policy.pause(
            afterAttempt: state.failed,
            isThrottling: isThrottling,
            jitter: dependencies.jitter(),
            requested: failure.requestedPause
        )
        if let deadline = state.deadline {
            guard dependencies.now() + pause + Self.minimumTimeForRetry <= deadline else { throw error }
        }
        guard let cost = quota.acquire(isThrottling: isThrottling) else { throw error }
        state.lastCost = cost
        logger.debug("retrying in \(pause)", metadata: metadata(operation, failure))
        do {
            try await dependencies.pause(pause)
        } catch {
            throw DynamoDBError(.cancelled, attempts: state.sent)
        }
    }

    private func metadata(_ operation: DynamoDBOperation, _ failure: AttemptFailure) -> Logger.Metadata {
        ["operation": "\(operation.rawValue)", "reason": "\(failure.reason)"]
    }
}
