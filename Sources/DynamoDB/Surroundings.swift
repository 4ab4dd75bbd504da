#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the client takes from the world besides the network: time and chance.
package struct Surroundings: Sendable {
    /// The time that pauses and deadlines are measured in.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// The seconds since 1970, which signatures name.
    package var secondsSince1970: @Sendable () -> Int
    /// Waits; throws when the task is cancelled.
    package var pause: @Sendable (Duration) async throws -> Void
    /// A random number, at least 0 and less than 1.
    package var chance: @Sendable () -> Double

    /// Surroundings of the given parts.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        secondsSince1970: @escaping @Sendable () -> Int,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.secondsSince1970 = secondsSince1970
        self.pause = pause
        self.chance = chance
    }

    /// The real ones.
    package static var real: Surroundings {
        Surroundings(
            now: { .now },
            secondsSince1970: { time(nil) },
            pause: { try await Task.sleep(for: $0, clock: .continuous) },
            chance: { Double.random(in: 0..<1) }
        )
    }
}
