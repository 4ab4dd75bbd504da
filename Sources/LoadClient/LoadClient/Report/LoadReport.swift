/// The results of a load test.
package struct LoadReport: Sendable {
    let endpoint: String
    let plan: LoadPlan
    let recorder: Recorder
    /// The length of the measurement.
    let measured: Nanoseconds
    /// Excludes the warm-up.
    let seconds: [TimelineSecond]
    /// The CPU time of the busiest thread divided by the elapsed time. Near 1, this client was the bottleneck.
    let maxThreadUtilization: Double
    /// Whether the run was stopped before its end.
    package let isInterrupted: Bool

    package init(
        endpoint: String,
        plan: LoadPlan,
        recorder: Recorder,
        measured: Nanoseconds,
        seconds: [TimelineSecond],
        maxThreadUtilization: Double,
        isInterrupted: Bool
    ) {
        self.endpoint = endpoint
        self.plan = plan
        self.recorder = recorder
        self.measured = measured
        self.seconds = seconds
        self.maxThreadUtilization = maxThreadUtilization
        self.isInterrupted = isInterrupted
    }

    var requests: Int { recorder.requests.reduce(0, +) }
    var errors: Int { recorder.errors.reduce(0, +) }
    var errorPercent: Double { requests == 0 ? 0 : 100 * Double(errors) / Double(requests) }
    /// Requests sent per second.
    var achievedRate: Double { measured == 0 ? 0 : Double(recorder.sentInTime) / measured.seconds }

    /// The latency of all requests, in the text format of HdrHistogram's plotter.
    package var hgrm: String { recorder.all.hgrm }

    /// A message if less than the target rate was sent; nil otherwise, and for a closed loop.
    package var shortfall: String? {
        guard let rate = plan.rate, measured > 0 else { return nil }
        let due = requests
        // Compared with the requests that were due, because the number of Poisson arrivals is random.
        guard due > 0, Double(recorder.sentInTime) < 0.99 * Double(due) else { return nil }
        let rates = "target \(NumberFormat.rate(rate))/s, sent \(NumberFormat.rate(achievedRate))/s"
        return maxThreadUtilization > 0.9
            ? "\(rates): limited by this client or the network"
            : "\(rates): limited by the server, the network or --concurrency \(plan.concurrency)"
    }
}
