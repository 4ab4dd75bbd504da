/// What a load test is to do.
public struct LoadPlan: Sendable {
    /// Requests a second, of all workers together; nil sends the next as soon as a connection is free (closed loop).
    public var rate: Double?
    /// When requests are due; only with a rate.
    public var pacing = ArrivalProcess.poisson
    /// How often each operation is done.
    public var mix = OperationMix.usual
    /// How long requests are sent before any counts.
    public var warmup: Nanoseconds = 0
    /// How long requests that count are sent.
    public var duration: Nanoseconds = 10_000_000_000
    /// How many requests may be under way at once, of all workers together.
    public var concurrency = 50
    /// How many workers there are, each on a thread of its own.
    public var threads = 1
    /// Everything that is random follows from it.
    public var seed: UInt64 = 1
    /// How long requests that were due in time may still be sent after the end.
    public var drainTime: Nanoseconds = 2_000_000_000

    /// The defaults.
    public init() {}

    /// How many of the requests that may be under way belong to the worker `worker`.
    public func slots(ofWorker worker: Int) -> Int {
        concurrency / threads + (worker < concurrency % threads ? 1 : 0)
    }
}
