import Time

/// What the client depends on besides the network: clocks and jitter.
package struct ClientDependencies: Sendable {
    /// The clock for pauses and deadlines.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// The wall clock, for the time in signatures.
    package var secondsSince1970: @Sendable () -> Int
    /// Waits for the duration; throws if the task is cancelled.
    package var pause: @Sendable (Duration) async throws -> Void
    /// A random number in 0..<1.
    package var jitter: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        secondsSince1970: @escaping @Sendable () -> Int,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.secondsSince1970 = secondsSince1970
        self.pause = pause
        self.jitter = jitter
    }

    package static var live: ClientDependencies {
        ClientDependencies(
            now: { .now },
            secondsSince1970: WallClock.seconds,
            pause: { try await Task.sleep(for: $0, clock: .continuous) },
            jitter: { Double.random(in: 0..<1) }
        )
    }
}
