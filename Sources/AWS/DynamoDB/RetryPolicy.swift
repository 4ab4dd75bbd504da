/// Which failures are met with another attempt, and after which pause: the standard mode of AWS's SDKs.
///
/// Numbers: "AWS SDKs and Tools Reference Guide", Retry behavior, in the form of 2026 (botocore 1.44,
/// retries/standard.py), which retries DynamoDB's own faults sooner and throttling later than before.
public struct RetryPolicy: Sendable, Equatable {
    /// How many attempts there are at most, the first included.
    public var maximumAttempts = 3
    /// The bound of the first pause after a fault; it doubles with each.
    public var transientBackoff: Duration = .milliseconds(25)
    /// The bound of the first pause after throttling; it doubles with each.
    public var throttlingBackoff: Duration = .seconds(1)
    /// What no pause exceeds.
    public var maximumBackoff: Duration = .seconds(20)

    /// The policy of AWS's SDKs.
    public init() {}

    /// How much longer than our own pause one that the service asks for may be.
    private static let maximumAdditionalPause: Duration = .seconds(5)

    /// The pause before the next attempt: full jitter, and not less than the service asks for, within reason.
    ///
    /// - Parameters:
    ///   - attempt: How many attempts have failed: 1 or more.
    ///   - jitter: A random number, at least 0 and less than 1.
    ///   - requested: What the reply asks for in `x-amz-retry-after` or `Retry-After`.
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
