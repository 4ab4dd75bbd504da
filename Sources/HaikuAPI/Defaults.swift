public import Haiku

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Timestamp {
    /// Now, by the machine's time of day.
    public static var now: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
    }
}

extension HaikuID {
    /// An id drawn from the system's random source.
    public static func random() -> HaikuID {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }
}
