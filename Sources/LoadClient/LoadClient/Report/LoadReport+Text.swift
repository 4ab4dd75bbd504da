extension LoadReport {
    /// The report as text with lines of at most 100 characters.
    package var text: String {
        var lines: [String] = []
        lines += summaryLines
        lines.append("")
        lines += latencyLines
        lines.append("")
        lines += phaseLines
        if recorder.all.count > 0 {
            lines.append("")
            lines += histogramLines
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The parameters of the run in three lines: the endpoint, the load, and the mix.
    package static func heading(endpoint: String, plan: LoadPlan) -> String {
        var load =
            plan.rate.map { "open loop at \(NumberFormat.rate($0))/s (\(plan.arrivalProcess.rawValue))" }
            ?? "closed loop"
        load += " for \(NumberFormat.duration(plan.duration))"
        if plan.warmup > 0 { load += " after \(NumberFormat.duration(plan.warmup)) of warm-up" }
        load += ", \(plan.concurrency) connections, \(plan.threads) thread\(plan.threads == 1 ? "" : "s")"
        return "\(endpoint)\n\(load)\nmix \(plan.mix), seed \(plan.seed)"
    }

    /// The heading of the lines that ``line(for:)`` returns.
    package static let secondHeading =
        ["second", "sent/s", "done/s", "errors", "p50 ms", "p99 ms", "max ms"]
        .map { NumberFormat.rightAligned($0, 10) }.joined()

    package static func line(for second: TimelineSecond) -> String {
        let name = second.second < 0 ? "warm-up" : String(second.second + 1)
        let counts = [second.sent, second.done, second.errors].map {
            NumberFormat.rightAligned(NumberFormat.grouped($0), 10)
        }
        let times = [second.p50, second.p99, second.max].map {
            NumberFormat.rightAligned(second.done == 0 ? "-" : NumberFormat.milliseconds($0), 10)
        }
        return NumberFormat.rightAligned(name, 10) + (counts + times).joined()
    }

    private var summaryLines: [String] {
        var lines: [String] = []
        func add(_ name: String, _ value: String) { lines.append(NumberFormat.leftAligned(name, 12) + value) }
        var requests = "\(NumberFormat.grouped(self.requests)) in \(NumberFormat.duration(measured)): "
        requests += "\(NumberFormat.rate(achievedRate))/s sent"
        if let rate = plan.rate { requests += ", \(NumberFormat.rate(rate))/s target" }
        add("Requests", requests)
        if let shortfall { add("", shortfall) }
        if recorder.replacedByPosts > 0 {
            let count = NumberFormat.grouped(recorder.replacedByPosts)
            add("", "\(count) likes and deletes were replaced by posts: no haiku was available")
        }
        let kinds = errorKinds.map { "\($0.name): \(NumberFormat.grouped($0.count))" }.joined(separator: ", ")
        add(
            "Errors",
            "\(NumberFormat.grouped(errors)) (\(NumberFormat.percent(errorPercent)))"
                + (kinds.isEmpty ? "" : "  \(kinds)")
        )
        let statuses = recorder.statuses.sorted { $0.key < $1.key }
        add("Statuses", statuses.map { "\($0.key): \(NumberFormat.grouped($0.value))" }.joined(separator: ", "))
        let received = NumberFormat.bytes(recorder.bytesReceived)
        add("Bytes", "\(received) received, \(NumberFormat.bytes(recorder.bytesSent)) sent")
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
        let start = plan.rate == nil ? "when the request was sent" : "when the request was due"
        return table("Latency from \(start), ms", [("all", recorder.all)] + operationTimes)
    }

    /// The latency of each operation that was performed.
    var operationTimes: [(name: String, times: LatencyDistribution)] {
        Operation.allCases.filter { recorder.requests[$0.rawValue] > 0 }
            .map { ($0.name, recorder.operations[$0.rawValue]) }
    }

    private var phaseLines: [String] {
        let phases = Phase.allCases.map { (name: $0.name, times: recorder.phases[$0.rawValue]) }
        return table("Phases from when the request was sent, ms", phases.filter { $0.times.count > 0 })
    }

    private func table(_ title: String, _ rows: [(name: String, times: LatencyDistribution)]) -> [String] {
        let columns = ["count", "min", "mean", "p50", "p90", "p99", "p99.9", "max"]
        let heading = NumberFormat.leftAligned("", 12) + columns.map { NumberFormat.rightAligned($0, 10) }.joined()
        return [title, heading]
            + rows.map { name, times in
                let values =
                    [times.min, times.mean] + [50, 90, 99, 99.9].map(times.percentile) + [times.max]
                let cells = values.map {
                    NumberFormat.rightAligned(times.count == 0 ? "-" : NumberFormat.milliseconds($0), 10)
                }
                return NumberFormat.leftAligned(name, 12)
                    + NumberFormat.rightAligned(NumberFormat.grouped(times.count), 10) + cells.joined()
            }
    }

    private var histogramLines: [String] {
        let all = recorder.all
        let bins = all.bins(perDoubling: 2)
        let largest = bins.map(\.count).max() ?? 1
        var lines = ["Latency distribution of all requests"]
        for bin in bins {
            let range =
                NumberFormat.rightAligned(NumberFormat.milliseconds(bin.low), 8) + " - "
                + NumberFormat.rightAligned(NumberFormat.milliseconds(bin.high), 8) + " ms"
            // A bin that is not empty is always visible.
            let length = bin.count == 0 ? 0 : max(1, 40 * bin.count / max(largest, 1))
            let bar = NumberFormat.leftAligned(String(repeating: "█", count: length), 40)
            let share = NumberFormat.percent(100 * Double(bin.count) / Double(all.count))
            lines.append(
                "\(range) |\(bar)| \(NumberFormat.rightAligned(NumberFormat.grouped(bin.count), 10))  \(NumberFormat.rightAligned(share, 8))"
            )
        }
        return lines
    }
}
