/// How often an operation is retried and how long each pause is: the standard mode of AWS's SDKs.
///
/// Source of the numbers: "AWS SDKs and Tools Reference Guide", Retry behavior, as of 2026 (botocore 1.44,
/// retries/standard.py), which retries transient failures of DynamoDB sooner and throttled requests later than before.
package struct RetryPolicy: Sendable, Equatable {
    /// The largest number of attempts, including the first.
    package var maximumAttempts = 3
    /// The upper bound of the first pause after a transient failure; it doubles with each retry.
    package var transientBackoff: Duration = .milliseconds(25)
    /// The upper bound of the first pause after throttling; it doubles with each retry.
    package var throttlingBackoff: Duration = .seconds(1)
    package var maximumBackoff: Duration = .seconds(20)

    package init() {}

    /// How far a pause that the service requests may exceed the policy's own.
    private static let maximumAdditionalPause: Duration = .seconds(5)

    /// The pause before the next attempt: exponential backoff with full jitter, extended to the requested pause within
    /// limits.
    ///
    /// - Parameters:
    ///   - attempt: How many attempts have failed: 1 or more.
    ///   - jitter: A random number in 0..<1.
    ///   - requested: The pause in the response's `x-amz-retry-after` or `Retry-After` header.
    package func pause(
        afterAttempt attempt: Int,
        isThrottling: Bool,
        jitter: Double,
        requested: Duration?
    ) -> Duration {
        var bound = isThrottling ? throttlingBackoff : transientBackoff
        for _ in 1..<max(attempt, 1) where bound < maximumBackoff { bound *= 2 }
        let pause = min(bound, maximumBackoff) * jitter
        guard let requested else { return pause }
        return max(pause, min(requested, pause + Self.maximumAdditionalPause))
    }
}
