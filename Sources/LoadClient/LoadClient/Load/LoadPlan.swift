/// The parameters of a load test.
package struct LoadPlan: Sendable {
    /// Requests per second of all workers together (open loop). nil sends a request whenever a connection is free (closed
    /// loop).
    package var rate: Double?
    /// Ramps of the rate, instead of ``rate``. Their total time is ``duration``.
    package var stages: [Stage] = []
    /// Only used with a rate or with stages.
    package var arrivalProcess = ArrivalProcess.poisson
    package var mix = OperationMix.default
    /// The time before the measurement in which requests are sent but not counted.
    package var warmup: Nanoseconds = 0
    /// The length of the measurement.
    package var duration: Nanoseconds = 10_000_000_000
    /// The maximum number of concurrent requests of all workers together.
    package var concurrency = 50
    /// The number of workers, each with its own thread.
    package var threads = 1
    /// Determines all random choices except ``run``.
    package var seed: UInt64 = 1
    /// How long after the measurement overdue requests may still be sent in an open loop.
    package var drainTime: Nanoseconds = 2_000_000_000

    /// Whether likes and deletes may target haiku that the run has not posted.
    package var targetsAnyHaiku = false
    /// A random number for the idempotency keys.
    package var run: UInt64 = 0

    package init() {}

    /// The target rate; nil for a closed loop.
    var profile: RateProfile? {
        stages.isEmpty ? rate.map { RateProfile(constant: $0) } : RateProfile(stages)
    }

    /// nil for a closed loop.
    package func arrivals(from start: Nanoseconds) -> ArrivalTimes? {
        profile.map { ArrivalTimes(profile: $0, process: arrivalProcess, start: start, seed: seed) }
    }

    package var isOpenLoop: Bool { rate != nil || !stages.isEmpty }

    /// The mean target rate in the first `measured` of the measurement; nil for a closed loop.
    func meanRate(in measured: Nanoseconds) -> Double? {
        if stages.isEmpty { return rate }
        return measured == 0 ? 0 : RateProfile(stages).count(until: measured) / measured.seconds
    }

    /// The worker's share of ``concurrency``.
    func slots(ofWorker worker: Int) -> Int {
        concurrency / threads + (worker < concurrency % threads ? 1 : 0)
    }
}
