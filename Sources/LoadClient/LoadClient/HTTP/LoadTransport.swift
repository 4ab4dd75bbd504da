/// A span of time, or a point on a monotonic clock, in nanoseconds.
public typealias Nanoseconds = UInt64

extension Nanoseconds {
    /// So many seconds; negative ones count as none.
    public init(seconds: Double) { self = UInt64((Swift.max(seconds, 0) * 1e9).rounded()) }
    /// The same in seconds.
    public var seconds: Double { Double(self) / 1e9 }
    /// The same in milliseconds.
    public var milliseconds: Double { Double(self) / 1e6 }
}

/// A clock that only goes forward.
public protocol MonotonicClock {
    /// The time by it.
    func now() -> Nanoseconds
}

/// Sends requests and returns replies: libcurl's in earnest, a simulated server's in tests.
public protocol LoadTransport {
    /// How many requests may be under way at once; each of them has a slot from 0 to one less.
    var slots: Int { get }

    /// Starts `request` in a slot that is free. Its reply comes out of ``wait(until:into:)``, also when it fails at once.
    mutating func send(_ request: APIRequest, in slot: Int, wanting parts: ResponseParts)

    /// Waits until there is a reply, but not beyond `deadline`, and appends all replies that there are.
    mutating func wait(until deadline: Nanoseconds, into replies: inout [APIResponse])
}
