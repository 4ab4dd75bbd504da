import Glibc

/// When requests are due, at a given rate.
public enum ArrivalProcess: String, Sendable, CaseIterable {
    /// Independent of each other, as those of many people are: exponentially distributed intervals.
    case poisson
    /// One after another at the same interval.
    case constant
}

/// The moments at which one worker's requests are due, one after another, without end.
public struct ArrivalTimes: Sendable {
    /// When the next request is due.
    public private(set) var next: Nanoseconds

    private let pacing: ArrivalProcess
    private let start: Nanoseconds
    private let interval: Double
    /// The exact moment after `start`; rounding once, not at every step, keeps the rate what was asked.
    private var offset: Double
    private var count = 0.0
    private var random: SplitMix64

    /// `rate` requests a second from `start` on, divided among `workers` of which this is number `worker`.
    public init(
        rate: Double,
        pacing: ArrivalProcess,
        start: Nanoseconds,
        seed: UInt64,
        worker: Int = 0,
        of workers: Int = 1
    ) {
        self.pacing = pacing
        self.start = start
        interval = 1e9 / rate * Double(workers)
        random = SplitMix64(seed: seed, stream: 0x7061_6365 + UInt64(worker))
        // Workers take turns, so that constant pacing is constant for all of them together.
        offset = interval / Double(workers) * Double(worker)
        next = start
        switch pacing {
        case .constant: next = start + UInt64(offset.rounded())
        case .poisson:
            offset = 0
            advance()
        }
    }

    /// Goes on to the next request.
    public mutating func advance() {
        switch pacing {
        case .constant:
            count += 1
            next = start + UInt64((offset + count * interval).rounded())
        case .poisson:
            offset += -log(1 - random.unit()) * interval
            next = start + UInt64(offset.rounded())
        }
    }
}
