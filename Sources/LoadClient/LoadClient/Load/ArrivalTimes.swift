import Glibc

/// The endless sequence of times when the requests of one worker are due.
package struct ArrivalTimes: Sendable {
    package private(set) var next: Nanoseconds

    private let process: ArrivalProcess
    private let start: Nanoseconds
    private let interval: Double
    /// The exact time since `start`. Rounding each step instead would change the rate.
    private var offset: Double
    private var count = 0.0
    private var random: SplitMix64

    /// - Parameters:
    ///   - rate: Requests per second of all workers together.
    ///   - worker: The worker's index, from 0 to `workers` - 1.
    package init(
        rate: Double,
        process: ArrivalProcess,
        start: Nanoseconds,
        seed: UInt64,
        worker: Int = 0,
        of workers: Int = 1
    ) {
        self.process = process
        self.start = start
        interval = 1e9 / rate * Double(workers)
        random = SplitMix64(seed: seed, stream: 0x7061_6365 + UInt64(worker))
        // The workers' requests alternate, so that the intervals between those of all workers are equal too.
        offset = interval / Double(workers) * Double(worker)
        next = start
        switch process {
        case .constant: next = start + UInt64(offset.rounded())
        case .poisson:
            offset = 0
            advance()
        }
    }

    package mutating func advance() {
        switch process {
        case .constant:
            count += 1
            next = start + UInt64((offset + count * interval).rounded())
        case .poisson:
            offset += -log(1 - random.nextUnit()) * interval
            next = start + UInt64(offset.rounded())
        }
    }
}
