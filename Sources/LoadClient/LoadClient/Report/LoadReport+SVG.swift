extension LoadReport {
    /// The report as an SVG image: rate and errors over time, latency over time, and latency by percentile.
    package var svg: String {
        let charts = [rateChart, latencyChart, percentileChart]
        let header = 74.0
        let gap = 14.0
        let height = header + Double(charts.count) * (Chart.height + gap)
        let size = "\(NumberFormat.fixed(Chart.width, 0)) \(NumberFormat.fixed(height, 0))"
        let drawn = charts.enumerated().map { $0.element.svg(at: header + Double($0.offset) * (Chart.height + gap)) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(NumberFormat.fixed(Chart.width, 0))" \
            height="\(NumberFormat.fixed(height, 0))" font-family="system-ui, sans-serif" font-size="12" fill="#222">
            <title>bashoutter-client load: \(XML.escaped(endpoint))</title>
            <style>
            .title { font-size: 14px; font-weight: 600 }
            .label { fill: #555 }
            .grid { stroke: #e3e3e3 }
            .axis { stroke: #666 }
            .line { fill: none; stroke-width: 1.8; stroke-linejoin: round }
            </style>
            <rect width="100%" height="100%" fill="#fff"/>
            \(heading)
            \(drawn.joined(separator: "\n"))
            </svg>

            """
    }

    private var heading: String {
        let lines = Self.heading(endpoint: endpoint, plan: plan).split(separator: "\n")
        let all = recorder.all
        let summary =
            "\(NumberFormat.grouped(requests)) requests, \(NumberFormat.rate(achievedRate))/s, errors \(NumberFormat.percent(errorPercent)), "
            + "p50 \(NumberFormat.milliseconds(all.percentile(50))) ms, p99 \(NumberFormat.milliseconds(all.percentile(99))) ms, "
            + "max \(NumberFormat.milliseconds(all.max)) ms"
        let texts = ["\(lines[0])  (\(lines[1]))", "\(lines[2])", shortfall.map { "\(summary). \($0)" } ?? summary]
        return texts.enumerated().map { index, text in
            let weight = index == 0 ? " font-weight=\"600\"" : ""
            return "<text x=\"20\" y=\"\(22 + index * 19)\"\(weight)>\(XML.escaped(text))</text>"
        }.joined(separator: "\n")
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
        var lines = [
            line("sent", "#1f6feb", \.sent), line("done", "#2a9d4a", \.done), line("errors", "#d1242f", \.errors),
        ]
        let end = Double(seconds.last?.second ?? 0) + 1
        if let rate = plan.rate {
            lines.insert(Chart.Line(name: "target", color: "#999", points: [(0, rate), (end, rate)]), at: 0)
        }
        let highest = lines.flatMap(\.points).map(\.y).max() ?? 1
        return Chart(
            title: "Rate and errors",
            x: timeAxis,
            y: .linear("requests/s", upTo: highest),
            lines: lines
        )
    }

    private var latencyChart: Chart {
        func line(_ name: String, _ color: String, _ value: @escaping (TimelineSecond) -> Nanoseconds) -> Chart.Line {
            Chart.Line(name: name, color: color, points: points { $0.done == 0 ? nil : value($0).milliseconds })
        }
        let done = seconds.filter { $0.done > 0 }
        return Chart(
            title: "Latency",
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
            title: "Latency by percentile",
            x: .percentiles(upTo: highest),
            y: .milliseconds("ms", times.filter { $0.count > 0 }.flatMap { [$0.min, $0.max] }),
            lines: lines
        )
    }
}
