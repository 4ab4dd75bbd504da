#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The time of day as the machine knows it. It may jump; durations are not measured with it.
package enum TimeOfDay {
    /// Milliseconds since 1970 (POSIX time).
    @Sendable
    package static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
