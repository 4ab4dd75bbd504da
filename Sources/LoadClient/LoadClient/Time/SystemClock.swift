import Glibc

struct SystemClock: MonotonicClock, Sendable {
    @inline(__always)
    func now() -> Nanoseconds { Self.read(CLOCK_MONOTONIC) }

    static func threadCPUTime() -> Nanoseconds { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Nanoseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
