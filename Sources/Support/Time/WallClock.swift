#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system's wall clock (`CLOCK_REALTIME`). It may be set back or ahead at any time; use `ContinuousClock` to measure
/// durations.
package enum WallClock {
    /// Microseconds since 1970 (POSIX time).
    @Sendable
    package static func microseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }

    /// Milliseconds since 1970 (POSIX time).
    @Sendable
    package static func milliseconds() -> Int64 { microseconds() / 1_000 }

    /// Seconds since 1970 (POSIX time).
    @Sendable
    package static func seconds() -> Int { Int(microseconds() / 1_000_000) }
}
