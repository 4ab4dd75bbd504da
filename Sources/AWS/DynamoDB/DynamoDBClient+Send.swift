import Logging

extension DynamoDBClient {
    /// See ``DynamoDBSending/send(_:body:deadline:)``.
    ///
    /// Failures that are not the request's fault are met with further attempts as ``RetryPolicy`` says, as long as the
    /// deadline and the retry quota leave room. What a kept connection loses because it has died is sent again at once.
    public func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse {
        let connection = connections.take()
        defer { connections.putBack(connection) }
        var course = RetryState(deadline: deadline)
        while true {
            let timeout = try attemptTimeout(course)
            do throws(AttemptFailure) {
                course.sent += 1
                let reply = try await attempt(operation, body: body, on: connection, timeout: timeout)
                quota.refill(lastCost: course.lastCost)
                return DynamoDBResponse(body: reply, attempts: course.sent)
            } catch {
                if !error.isSent { course.sent -= 1 }
                try await recover(from: error, of: operation, &course)
            }
        }
    }

    /// How far one operation has come.
    private struct RetryState {
        let deadline: ContinuousClock.Instant?
        /// Requests that may have reached the service.
        var sent = 0
        /// Attempts that failed and counted.
        var failed = 0
        /// Whether an attempt has been repeated at once already.
        var hasRepeated = false
        /// What the last retry took from the quota.
        var lastCost: Int?
    }

    /// An attempt with less time than this is not worth its risk of taking effect unseen.
    private static let shortestAttempt: Duration = .milliseconds(5)
    /// An attempt with less time than this is not shortened for the sake of the next one.
    private static let shortestShare: Duration = .milliseconds(500)

    /// How long the next attempt may take. While others may follow, it gets half of what is left, so that a connection
    /// which died in silence does not cost the whole request.
    private func attemptTimeout(_ course: RetryState) throws(DynamoDBError) -> Duration {
        guard let deadline = course.deadline else { return configuration.attemptTimeout }
        let left = dependencies.now().duration(to: deadline)
        guard left > .zero else { throw DynamoDBError(.timedOut, attempts: course.sent) }
        let isLast = course.failed + 1 >= configuration.retry.maximumAttempts
        let share = isLast ? left : max(left / 2, min(left, Self.shortestShare))
        return min(share, configuration.attemptTimeout)
    }

    /// Returns when another attempt may be made; throws the failure when none may.
    private func recover(
        from failure: AttemptFailure,
        of operation: DynamoDBOperation,
        _ course: inout RetryState
    ) async throws(DynamoDBError) {
        let error = DynamoDBError(failure.reason, attempts: course.sent)
        let isThrottling: Bool
        switch failure.remedy {
        case .none:
            // A refusal on the request's own account, such as a failed condition, is an answer from a sound service.
            if error.exception != nil { quota.refill(lastCost: course.lastCost) }
            throw error
        case .retryImmediately where !course.hasRepeated:
            course.hasRepeated = true
            logger.debug("repeating at once", metadata: metadata(operation, failure))
            return
        case .retryImmediately:
            isThrottling = false
        case .retry(let throttling):
            isThrottling = throttling
        }
        course.failed += 1
        let policy = configuration.retry
        guard course.failed < policy.maximumAttempts else { throw error }
        let pause = policy.pause(
            afterAttempt: course.failed,
            isThrottling: isThrottling,
            jitter: dependencies.jitter(),
            requested: failure.requestedPause
        )
        if let deadline = course.deadline {
            guard dependencies.now() + pause + Self.shortestAttempt <= deadline else { throw error }
        }
        guard let cost = quota.take(isThrottling: isThrottling) else { throw error }
        course.lastCost = cost
        logger.debug("retrying in \(pause)", metadata: metadata(operation, failure))
        do {
            try await dependencies.pause(pause)
        } catch {
            throw DynamoDBError(.cancelled, attempts: course.sent)
        }
    }

    private func metadata(_ operation: DynamoDBOperation, _ failure: AttemptFailure) -> Logger.Metadata {
        ["operation": "\(operation.rawValue)", "reason": "\(failure.reason)"]
    }
}
