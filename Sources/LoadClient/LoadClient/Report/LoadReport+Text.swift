extension LoadReport {
    /// The report as text, in lines of at most 100 characters.
    public var text: String {
        var lines: [String] = []
        lines += summaryLines
        lines.append("")
        lines += timeLines
        lines.append("")
        lines += phaseLines
        if recorder.all.count > 0 {
            lines.append("")
            lines += histogramLines
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The load in words: `open loop, poisson, 1000/s, 10 s, …`.
    public static func heading(endpoint: String, plan: LoadPlan) -> String {
        var words = plan.rate.map { "open loop at \(Format.rate($0))/s (\(plan.pacing.rawValue))" } ?? "closed loop"
        words += " for \(Format.duration(plan.duration))"
        if plan.warmup > 0 { words += " after \(Format.duration(plan.warmup)) of warm-up" }
        words += ", \(plan.concurrency) connections, \(plan.threads) thread\(plan.threads == 1 ? "" : "s")"
        return "\(endpoint)\n\(words)\nmix \(plan.mix), seed \(plan.seed)"
    }

    /// The heading of the lines that ``line(for:)`` makes.
    public static let secondHeading =
        Format.padded("second", 10) + Format.padded("sent/s", 10) + Format.padded("done/s", 10)
        + Format.padded("errors", 10) + Format.padded("p50 ms", 10) + Format.padded("p99 ms", 10)
        + Format.padded("max ms", 10)

    /// One second of a run in one line.
    public static func line(for second: TimelineSecond) -> String {
        let name = second.second < 0 ? "warm-up" : String(second.second + 1)
        let counts = [second.sent, second.done, second.errors].map { Format.padded(Format.grouped($0), 10) }
        let times = [second.p50, second.p99, second.max].map {
            Format.padded(second.done == 0 ? "-" : Format.milliseconds($0), 10)
        }
        return Format.padded(name, 10) + (counts + times).joined()
    }

    private var summaryLines: [String] {
        var lines: [String] = []
        func add(_ name: String, _ value: String) { lines.append(Format.leading(name, 12) + value) }
        var requests = "\(Format.grouped(self.requests)) in \(Format.duration(measured)): "
        requests += "\(Format.rate(rateReached))/s sent"
        if let rate = plan.rate { requests += ", \(Format.rate(rate))/s asked" }
        add("Requests", requests)
        if let shortfall { add("", shortfall) }
        if recorder.replaced > 0 {
            add("", "\(Format.grouped(recorder.replaced)) likes and deletes became posts: there was no haiku for them")
        }
        let kinds = errorKinds.map { "\($0.name): \(Format.grouped($0.count))" }.joined(separator: ", ")
        add(
            "Errors",
            "\(Format.grouped(errors)) (\(Format.percent(errorPercent)))" + (kinds.isEmpty ? "" : "  \(kinds)")
        )
        let statuses = recorder.statuses.sorted { $0.key < $1.key }
        add("Statuses", statuses.map { "\($0.key): \(Format.grouped($0.value))" }.joined(separator: ", "))
        let received = Format.bytes(recorder.bytesReceived)
        add("Bytes", "\(received) received, \(Format.bytes(recorder.bytesSent)) sent")
        return lines
    }

    /// What the errors were, the most frequent first.
    var errorKinds: [(name: String, count: Int)] {
        let statuses = recorder.statuses.filter { !(200..<300).contains($0.key) }
            .map { (name: "status \($0.key)", count: $0.value) }
        let failures = recorder.failures.map { (name: $0.key.words, count: $0.value) }
        return (statuses + failures).sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    private var timeLines: [String] {
        let counted = plan.rate == nil ? "being sent" : "the moment it was due"
        return table("Time of a request from \(counted), ms", [("all", recorder.all)] + operationTimes)
    }

    /// The operations that were done, and their times.
    var operationTimes: [(name: String, times: LatencyDistribution)] {
        Operation.allCases.filter { recorder.requests[$0.rawValue] > 0 }
            .map { ($0.name, recorder.operations[$0.rawValue]) }
    }

    private var phaseLines: [String] {
        let phases = Phase.allCases.map { (name: $0.name, times: recorder.phases[$0.rawValue]) }
        return table("Phases of a request from being sent, ms", phases.filter { $0.times.count > 0 })
    }

    private func table(_ title: String, _ rows: [(name: String, times: LatencyDistribution)]) -> [String] {
        let columns = ["count", "min", "mean", "p50", "p90", "p99", "p99.9", "max"]
        let heading = Format.leading("", 12) + columns.map { Format.padded($0, 10) }.joined()
        return [title, heading]
            + rows.map { name, times in
                let values =
                    [times.min, times.mean] + [50, 90, 99, 99.9].map(times.percentile) + [times.max]
                let cells = values.map { Format.padded(times.count == 0 ? "-" : Format.milliseconds($0), 10) }
                return Format.leading(name, 12) + Format.padded(Format.grouped(times.count), 10) + cells.joined()
            }
    }

    private var histogramLines: [String] {
        let all = recorder.all
        let bins = all.bins(perDoubling: 2)
        let largest = bins.map(\.count).max() ?? 1
        var lines = ["Distribution of all requests"]
        for bin in bins {
            let range =
                Format.padded(Format.milliseconds(bin.low), 8) + " - "
                + Format.padded(Format.milliseconds(bin.high), 8) + " ms"
            // Whoever is there is seen, however few they are.
            let length = bin.count == 0 ? 0 : max(1, 40 * bin.count / max(largest, 1))
            let bar = Format.leading(String(repeating: "█", count: length), 40)
            let share = Format.percent(100 * Double(bin.count) / Double(all.count))
            lines.append(
                "\(range) |\(bar)| \(Format.padded(Format.grouped(bin.count), 10))  \(Format.padded(share, 8))"
            )
        }
        return lines
    }
}
