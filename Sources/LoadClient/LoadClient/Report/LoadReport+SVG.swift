extension LoadReport {
    /// The report as an SVG image: rate and errors over time, latency over time, and latency by percentile.
    package var svg: String {
        Chart.document(
            title: "bashoutter-client load: \(endpoint)",
            heading: headingLines,
            charts: [rateChart, latencyChart, percentileChart]
        )
    }

    /// The parameters and the main results, as in the text report.
    private var headingLines: [String] {
        let all = recorder.all
        var summary =
            "\(NumberFormat.grouped(requests)) requests, \(NumberFormat.rate(achievedRate))/s, "
            + "successful \(NumberFormat.rate(goodput))/s, errors \(NumberFormat.percent(errorPercent))"
        if all.count > 0 {
            summary +=
                ", p50 \(NumberFormat.milliseconds(all.percentile(50))) ms, "
                + "p99 \(NumberFormat.milliseconds(all.percentile(99))) ms, max \(NumberFormat.milliseconds(all.max)) ms"
        }
        let parameters = Self.heading(endpoint: endpoint, plan: plan).split(separator: "\n").map(String.init)
        let verdict = warnings.map { "Warning: \($0)" } + failures.map { "Failed: \($0)" }
        return parameters + [summary] + verdict
    }

    private var timeAxis: Chart.Axis { .seconds((seconds.last?.second ?? 0) + 1) }

    /// A point in the middle of each second for which `value` is not nil.
    private func points(_ value: (TimelineSecond) -> Double?) -> [(x: Double, y: Double)] {
        seconds.compactMap { second in value(second).map { (Double(second.second) + 0.5, $0) } }
    }

    private var rateChart: Chart {
        // A partial second, and the responses after the end of the measurement, have no rate.
        let wholeSeconds = Int(measured / 1_000_000_000)
        func line(_ name: String, _ color: String, _ count: @escaping (TimelineSecond) -> Int) -> Chart.Line {
            Chart.Line(
                name: name,
                color: color,
                points: points { $0.second < wholeSeconds || wholeSeconds == 0 ? Double(count($0)) : nil }
            )
        }
        // Errors after the end of the measurement belong to its requests.
        let errors = Chart.Line(name: "errors", color: "#d1242f", points: points { Double($0.errors) })
        var lines = [
            line("sent", "#1f6feb", \.sent), line("successful", "#2a9d4a", \.succeeded), errors,
            line("in flight", "#8250df", \.inFlight),
        ]
        if let profile = plan.profile {
            let end = Double(plan.duration) / 1e9
            let target = stride(from: 0, through: end, by: max(end / 400, 0.1)).map { time in
                let at = { (seconds: Double) in profile.count(until: UInt64(max(seconds, 0) * 1e9)) }
                return (x: time, y: (at(time + 0.05) - at(time - 0.05)) / (time < 0.05 ? 0.05 + time : 0.1))
            }
            lines.insert(Chart.Line(name: "target", color: "#999", points: target), at: 0)
        }
        let highest = lines.flatMap(\.points).map(\.y).max() ?? 1
        return Chart(
            title: "Rate, errors and requests in flight",
            x: timeAxis,
            y: .linear("requests/s, requests", upTo: highest),
            lines: lines
        )
    }

    private var latencyChart: Chart {
        func line(_ name: String, _ color: String, _ value: @escaping (TimelineSecond) -> Nanoseconds) -> Chart.Line {
            Chart.Line(name: name, color: color, points: points { $0.succeeded == 0 ? nil : value($0).milliseconds })
        }
        let done = seconds.filter { $0.succeeded > 0 }
        return Chart(
            title: "Latency of successful requests",
            x: timeAxis,
            y: .milliseconds("ms", done.flatMap { [$0.p50, $0.p99, $0.max] }),
            lines: [
                line("p50", "#1f6feb", \.p50), line("p99", "#e07b00", \.p99), line("max", "#b8b8b8", \.max),
            ]
        )
    }

    private var percentileChart: Chart {
        let colors = ["#222", "#1f6feb", "#2a9d4a", "#e07b00", "#8250df"]
        let names = ["all"] + operationTimes.map(\.name)
        let times = [recorder.all] + operationTimes.map(\.times)
        let lines = zip(zip(names, times), colors).map { row, color in
            Chart.Line(
                name: row.0,
                color: color,
                points: row.1.curve.map { (100 / (100 - $0.percent), $0.time.milliseconds) }
            )
        }
        let highest = lines.flatMap(\.points).map(\.x).max() ?? 10
        return Chart(
            title: "Latency of successful requests by percentile",
            x: .percentiles(upTo: highest),
            y: .milliseconds("ms", times.filter { $0.count > 0 }.flatMap { [$0.min, $0.max] }),
            lines: lines
        )
    }
}
