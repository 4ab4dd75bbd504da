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
    /// What the run would cost on AWS, including the deletion of its haiku.
    package var cost = RunCost(requests: [0, 0, 0, 0], limit: 1)
    /// When the run started, in the format of RFC 3339.
    package var startedAt = ""
    /// The messages of the ``FailCondition``s that hold.
    package var failures: [String] = []

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
    var successes: Int { requests - errors }
    var errorPercent: Double { requests == 0 ? 0 : 100 * Double(errors) / Double(requests) }
    /// Requests sent per second.
    var achievedRate: Double { measured == 0 ? 0 : Double(recorder.sentInTime) / measured.seconds }
    /// Successful requests per second.
    var goodput: Double { measured == 0 ? 0 : Double(successes) / measured.seconds }
    /// Requests per second; nil for a closed loop.
    var targetRate: Double? { plan.meanRate(in: measured) }

    /// Whether every request failed.
    package var hasOnlyErrors: Bool { requests > 0 && successes == 0 }

    /// The latency of the successful requests, in the text format of HdrHistogram's plotter.
    package var hgrm: String { recorder.all.hgrm }

    /// Whether this client, and not the server, limited the rate or added to the latencies.
    package var isClientLimited: Bool {
        plan.isOpenLoop ? recorder.lag.percentile(99) > Self.maximumLag : maxThreadUtilization > 0.9
    }

    /// A client that sends a request this late has noticeably changed its latency.
    private static let maximumLag: Nanoseconds = 10_000_000

    /// What limits the validity of the results.
    package var warnings: [String] {
        var warnings: [String] = []
        if let shortfall { warnings.append(shortfall) }
        if recorder.unsent.count > 0 {
            let share = NumberFormat.percent(100 * Double(recorder.unsent.count) / Double(max(requests, 1)))
            warnings.append(
                "\(NumberFormat.grouped(recorder.unsent.count)) requests (\(share)) were due and never sent; "
                    + "their latency is unknown"
            )
        }
        if isClientLimited {
            warnings.append(
                plan.isOpenLoop
                    ? "this client was too slow: it sent 1 % of the requests more than "
                        + "\(NumberFormat.milliseconds(recorder.lag.percentile(99))) ms late, although a connection was free"
                    : "this client was the limit: it used \(NumberFormat.percent(100 * maxThreadUtilization)) of a CPU; "
                        + "try more --threads"
            )
        }
        if hasOnlyErrors { warnings.append("all \(NumberFormat.grouped(requests)) requests failed") }
        return warnings
    }

    /// A message if less than 99 % of the requests were sent in time; nil otherwise, and for a closed loop.
    package var shortfall: String? {
        guard let rate = targetRate, measured > 0 else { return nil }
        let due = requests
        // Compared with the requests that were due, because the number of Poisson arrivals is random.
        guard due > 0, Double(recorder.sentInTime) < 0.99 * Double(due) else { return nil }
        let rates = "target \(NumberFormat.rate(rate))/s, sent \(NumberFormat.rate(achievedRate))/s"
        return isClientLimited || maxThreadUtilization > 0.9
            ? "\(rates): limited by this client or the network"
            : "\(rates): limited by the server, the network or --concurrency \(plan.concurrency)"
    }

    /// The achieved rate without the spread of a Poisson process: the target rate times the share of the requests that were
    /// sent in time.
    var rateWithoutSpread: Double {
        guard let rate = targetRate, plan.arrivalProcess == .poisson, requests > 0 else { return achievedRate }
        return rate * Double(recorder.sentInTime) / Double(requests)
    }
}
