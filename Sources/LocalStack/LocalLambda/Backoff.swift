/// Delays the next start of a function that failed to start: 100 ms after the first failure, twice as long after each
/// further one, at most 10 s.
package struct Backoff<Failure> {
    private static var minimumDelay: Duration { .milliseconds(100) }
    private static var maximumDelay: Duration { .seconds(10) }

    /// The number of failed attempts since the last success.
    package private(set) var attempts = 0
    /// The last failure; nil if the next attempt may be made at once.
    package private(set) var failure: Failure?

    package init() {}

    /// Returns the delay, after which ``expire()`` must be called.
    package mutating func fail(with failure: Failure) -> Duration {
        attempts += 1
        self.failure = failure
        return min(Self.minimumDelay * (1 << min(attempts - 1, 10)), Self.maximumDelay)
    }

    /// Permits the next attempt. A further failure still doubles the delay.
    package mutating func expire() { failure = nil }

    package mutating func reset() { self = Backoff() }
}
