import Glibc

/// The system's monotonic clock.
public struct SystemClock: MonotonicClock, Sendable {
    /// The clock; there is only one.
    public init() {}

    /// Nanoseconds since the machine was started, or some such moment.
    @inline(__always)
    public func now() -> Nanoseconds { Self.read(CLOCK_MONOTONIC) }

    /// How long the calling thread has been computing.
    public static func threadTime() -> Nanoseconds { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Nanoseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
