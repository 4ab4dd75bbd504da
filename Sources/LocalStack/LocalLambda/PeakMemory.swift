/// A process's peak memory, as last read. Reading it takes longer than the bookkeeping of a short invocation, so it is
/// read at most every 200 ms; it can only grow.
struct PeakMemory {
    private static let interval = Duration.milliseconds(200)
    private var last: Int?
    private var lastRead: ContinuousClock.Instant?

    /// In MB; nil if it has never been read.
    mutating func value(of child: ChildProcess?, at now: ContinuousClock.Instant) -> Int? {
        guard let child else { return last }
        if let lastRead, lastRead.duration(to: now) < Self.interval { return last }
        lastRead = now
        last = child.peakMemory() ?? last
        return last
    }
}
