import Glibc

/// The sequence of times when the requests of a run are due.
package struct ArrivalTimes: Sendable {
    /// `Nanoseconds.max` after the last.
    package private(set) var next: Nanoseconds = 0

    private let process: ArrivalProcess
    private let start: Nanoseconds
    private let profile: RateProfile
    /// The integral of the rate up to `next`. Adding rounded intervals instead would change the rate.
    private var count = 0.0
    private var random: SplitMix64

    package init(profile: RateProfile, process: ArrivalProcess, start: Nanoseconds, seed: UInt64) {
        self.process = process
        self.start = start
        self.profile = profile
        random = SplitMix64(seed: seed, stream: 0x7061_6365)
        switch process {
        case .constant: setNext()
        case .poisson: advance()
        }
    }

    package mutating func advance() {
        switch process {
        case .constant: count += 1
        case .poisson: count += -log(1 - random.nextUnit())
        }
        setNext()
    }

    private mutating func setNext() {
        next = profile.time(ofArrival: count).map { start + $0 } ?? .max
    }
}
