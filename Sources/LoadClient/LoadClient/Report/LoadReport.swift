/// What a load test has found.
public struct LoadReport: Sendable {
    /// The base URL of the API.
    public let endpoint: String
    /// What was asked.
    public let plan: LoadPlan
    /// What was counted.
    public let recorder: Recorder
    /// How long requests were sent that count.
    public let measured: Nanoseconds
    /// The run, second by second, without the warm-up.
    public let seconds: [TimelineSecond]
    /// The share of the time that the busiest thread was computing: near 1, this client was the limit.
    public let busiestThread: Double
    /// Whether it ended before its time.
    public let isInterrupted: Bool

    /// A report of these numbers.
    public init(
        endpoint: String,
        plan: LoadPlan,
        recorder: Recorder,
        measured: Nanoseconds,
        seconds: [TimelineSecond],
        busiestThread: Double,
        isInterrupted: Bool
    ) {
        self.endpoint = endpoint
        self.plan = plan
        self.recorder = recorder
        self.measured = measured
        self.seconds = seconds
        self.busiestThread = busiestThread
        self.isInterrupted = isInterrupted
    }

    /// How many requests there were.
    public var requests: Int { recorder.requests.reduce(0, +) }
    /// How many of them ended in an error.
    public var errors: Int { recorder.errors.reduce(0, +) }
    /// The share of the requests that ended in an error, in percent.
    public var errorPercent: Double { requests == 0 ? 0 : 100 * Double(errors) / Double(requests) }
    /// Requests that were sent a second.
    public var rateReached: Double { measured == 0 ? 0 : Double(recorder.sentInTime) / measured.seconds }

    /// What to say of a rate that was asked for and not reached; nil when it was, or none was asked for.
    public var shortfall: String? {
        guard let rate = plan.rate, measured > 0 else { return nil }
        let due = requests
        // Poisson arrivals are not exactly as many as asked: what counts is whether those that were due were sent.
        guard due > 0, Double(recorder.sentInTime) < 0.99 * Double(due) else { return nil }
        let words = "asked \(Format.rate(rate))/s, sent \(Format.rate(rateReached))/s"
        return busiestThread > 0.9
            ? "\(words): this client or the network is the limit"
            : "\(words): the server, the network or --concurrency \(plan.concurrency) is the limit"
    }
}
