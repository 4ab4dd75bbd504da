extension LoadReport {
    /// The report as text. Tables, histogram and warnings have lines of at most 80 characters.
    package var text: String {
        var lines: [String] = []
        lines += summaryLines
        lines.append("")
        lines += latencyLines
        lines.append("")
        lines += phaseLines
        let coldStarts = coldStartLines
        if !coldStarts.isEmpty { lines += [""] + coldStarts }
        if recorder.all.count > 0 {
            lines.append("")
            lines += histogramLines
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The parameters of the run in three lines: the endpoint, the load, and the mix.
    package static func heading(endpoint: String, plan: LoadPlan) -> String {
        var load = "closed loop"
        if !plan.stages.isEmpty {
            let stages = plan.stages.map(\.description).joined(separator: ",")
            load = "open loop in stages \(stages) (\(plan.arrivalProcess.rawValue))"
        } else if let rate = plan.rate {
            load = "open loop at \(NumberFormat.rate(rate))/s (\(plan.arrivalProcess.rawValue))"
        }
        load += " for \(NumberFormat.duration(plan.duration))"
        if plan.warmup > 0 { load += " after \(NumberFormat.duration(plan.warmup)) of warm-up" }
        load += ", \(plan.concurrency) connections, \(plan.threads) thread\(plan.threads == 1 ? "" : "s")"
        return "\(endpoint)\n\(load)\nmix \(plan.mix), seed \(plan.seed)"
    }

    private static let secondColumns = [
        ("second", 7), ("sent/s", 8), ("ok/s", 8), ("reject", 7), ("error", 7), ("flight", 7), ("backlog", 9),
        ("p50 ms", 8), ("p99 ms", 8), ("max ms", 9),
    ]

    /// The heading of the lines that ``line(for:)`` returns.
    package static let secondHeading = secondColumns.map { NumberFormat.rightAligned($0.0, $0.1) }.joined()

    package static func line(for second: TimelineSecond) -> String {
        let name = second.second < 0 ? "warm-up" : String(second.second + 1)
        let counts = [
            second.sent, second.succeeded, second.rejected, second.failed, second.inFlight, second.backlog,
        ].map(String.init)
        let times = [second.p50, second.p99, second.max].map {
            second.succeeded == 0 ? "-" : NumberFormat.milliseconds($0)
        }
        return zip([name] + counts + times, secondColumns).map { NumberFormat.rightAligned($0, $1.1) }.joined()
    }

    private var summaryLines: [String] {
        var lines: [String] = []
        func add(_ name: String, _ value: String) { lines.append(NumberFormat.leftAligned(name, 12) + value) }
        var requests = "\(NumberFormat.grouped(self.requests)) in \(NumberFormat.duration(measured)): "
        requests += "\(NumberFormat.rate(achievedRate))/s sent"
        if let rate = targetRate { requests += ", \(NumberFormat.rate(rate))/s target" }
        add("Requests", requests)
        add("Successful", "\(NumberFormat.grouped(successes)), \(NumberFormat.rate(goodput))/s")
        if recorder.replacedByPosts > 0 {
            let count = NumberFormat.grouped(recorder.replacedByPosts)
            add("", "\(count) likes and deletes became posts: no haiku was available")
        }
        add("Errors", "\(NumberFormat.grouped(errors)) (\(NumberFormat.percent(errorPercent)))")
        for kind in errorKinds { add("", "\(kind.name): \(NumberFormat.grouped(kind.count))") }
        let statuses = recorder.statuses.sorted { $0.key < $1.key }
        add("Statuses", statuses.map { "\($0.key): \(NumberFormat.grouped($0.value))" }.joined(separator: ", "))
        let received = NumberFormat.bytes(recorder.bytesReceived)
        add("Bytes", "\(received) received, \(NumberFormat.bytes(recorder.bytesSent)) sent")
        add("AWS cost", "\(cost) (\(RunCost.source))")
        for warning in warnings {
            for (index, line) in NumberFormat.wrapped(warning, 68).enumerated() {
                add(index == 0 ? "Warning" : "", line)
            }
        }
        return lines
    }

    /// The number of errors by kind, the most frequent first.
    var errorKinds: [(name: String, count: Int)] {
        let statuses = recorder.statuses.filter { !(200..<300).contains($0.key) }
            .map { (name: "status \($0.key)", count: $0.value) }
        let failures = recorder.failures.map { (name: $0.key.description, count: $0.value) }
        return (statuses + failures).sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    private var latencyLines: [String] {
        let start = plan.isOpenLoop ? "when the request was due" : "when the request was sent"
        var lines = table("Latency of successful requests from \(start), ms", [("all", recorder.all)] + operationTimes)
        let others = otherTimes.filter { $0.times.count > 0 }
        if !others.isEmpty { lines += [""] + table("Other requests, ms (not sent: at least)", others) }
        return lines
    }

    /// The latency of the successful requests of each operation that was performed.
    var operationTimes: [(name: String, times: LatencyDistribution)] {
        Operation.allCases.filter { recorder.requests[$0.rawValue] > 0 }
            .map { ($0.name, recorder.operations[$0.rawValue]) }
    }

    var otherTimes: [(name: String, times: LatencyDistribution)] {
        [("rejected", recorder.rejected), ("failed", recorder.failed), ("not sent", recorder.unsent)]
    }

    private var phaseLines: [String] {
        var phases = Phase.allCases.map { (name: $0.name, times: recorder.phases[$0.rawValue]) }
        phases.append((name: "sending lag", times: recorder.lag))
        return table("Phases of requests with a response, ms", phases.filter { $0.times.count > 0 })
    }

    private var coldStartLines: [String] {
        let operations = Operation.allCases.filter { recorder.coldStarts[$0.rawValue].count > 0 }
        if operations.isEmpty { return [] }
        return table(
            "Cold starts (included above), ms",
            operations.flatMap { operation in
                [
                    (operation.name, recorder.coldStarts[operation.rawValue]),
                    ("\(operation.name) init", recorder.initDurations[operation.rawValue]),
                ]
            })
    }

    private func table(_ title: String, _ rows: [(name: String, times: LatencyDistribution)]) -> [String] {
        let columns = ["count", "min", "mean", "p50", "p90", "p99", "p99.9", "max"]
        let widths = [11] + Array(repeating: 8, count: 7)
        let heading = NumberFormat.leftAligned("", 12) + zip(columns, widths).map(NumberFormat.rightAligned).joined()
        return [title, heading]
            + rows.map { name, times in
                let values =
                    [times.min, times.mean] + [50, 90, 99, 99.9].map(times.percentile) + [times.max]
                let cells = values.map { times.count == 0 ? "-" : NumberFormat.milliseconds($0) }
                return NumberFormat.leftAligned(name, 12)
                    + zip([NumberFormat.grouped(times.count)] + cells, widths).map(NumberFormat.rightAligned).joined()
            }
    }

    private var histogramLines: [String] {
        let all = recorder.all
        let bins = all.bins(perDoubling: 2)
        let largest = bins.map(\.count).max() ?? 1
        var lines = ["Latency distribution of the successful requests"]
        for bin in bins {
            let range =
                NumberFormat.rightAligned(NumberFormat.milliseconds(bin.low), 8) + " - "
                + NumberFormat.rightAligned(NumberFormat.milliseconds(bin.high), 8) + " ms"
            // A bin that is not empty is always visible.
            let length = bin.count == 0 ? 0 : max(1, 30 * bin.count / max(largest, 1))
            let bar = NumberFormat.leftAligned(String(repeating: "█", count: length), 30)
            let share = NumberFormat.percent(100 * Double(bin.count) / Double(all.count))
            lines.append(
                "\(range) |\(bar)| \(NumberFormat.rightAligned(NumberFormat.grouped(bin.count), 10))  \(NumberFormat.rightAligned(share, 8))"
            )
        }
        return lines
    }
}
