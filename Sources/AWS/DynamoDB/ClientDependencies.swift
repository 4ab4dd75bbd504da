import Time
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the client takes from the world besides the network: time and jitter.
package struct ClientDependencies: Sendable {
    /// The time that pauses and deadlines are measured in.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// The seconds since 1970, which signatures name.
    package var secondsSince1970: @Sendable () -> Int
    /// Waits; throws when the task is cancelled.
    package var pause: @Sendable (Duration) async throws -> Void
    /// A random number, at least 0 and less than 1.
    package var jitter: @Sendable () -> Double

    /// ClientDependencies of the given parts.
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

    /// The real ones.
    package static var real: ClientDependencies {
        ClientDependencies(
            now: { .now },
            secondsSince1970: WallClock.seconds,
            pause: { try await Task.sleep(for: $0, clock: .continuous) },
            jitter: { Double.random(in: 0..<1) }
        )
    }
}
