/// The parameters of a load test.
package struct LoadPlan: Sendable {
    /// Requests per second of all workers together (open loop). nil sends a request whenever a connection is free (closed
    /// loop).
    package var rate: Double?
    /// Only used with a rate.
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
    /// Determines all random choices.
    package var seed: UInt64 = 1
    /// How long after the measurement overdue requests may still be sent.
    package var drainTime: Nanoseconds = 2_000_000_000

    package init() {}

    /// The worker's share of ``concurrency``.
    func slots(ofWorker worker: Int) -> Int {
        concurrency / threads + (worker < concurrency % threads ? 1 : 0)
    }
}
