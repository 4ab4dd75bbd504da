/// Compares the reports of two load tests, and distinguishes differences from noise.
///
/// The noise is estimated by a bootstrap over the seconds of the runs: their means are recomputed many times from seconds
/// drawn at random with replacement. Seconds, unlike requests, are nearly independent of each other.
package struct ReportComparison: Sendable {
    package enum Verdict: String, Sendable {
        case better
        case worse
        /// The difference is within the noise.
        case same = "no difference"
        /// A run has fewer than five seconds with a value.
        case tooShort = "run too short"
    }

    /// One compared figure.
    package struct Row: Sendable {
        package let name: String
        /// nil if no request succeeded.
        package let a: Double?
        package let b: Double?
        /// The bounds of the difference of the means over the seconds, b - a, in 95 % of the resamples; nil if a run
        /// is too short.
        package let interval: ClosedRange<Double>?
        package let verdict: Verdict
    }

    private static let resamples = 2000
    private static let minimumSeconds = 5

    let a: SavedReport
    let b: SavedReport
    package let rows: [Row]

    package init(_ a: SavedReport, _ b: SavedReport) {
        self.a = a
        self.b = b
        var random = SplitMix64(seed: 1, stream: 0x626F_6F74)
        func row(
            _ name: String,
            _ value: (SavedReport) -> Double?,
            isGoodHigh: Bool = false,
            _ second: (SavedReport.Second) -> Double?
        ) -> Row {
            let (left, right) = (a.seconds.compactMap(second), b.seconds.compactMap(second))
            guard min(left.count, right.count) >= Self.minimumSeconds else {
                return Row(name: name, a: value(a), b: value(b), interval: nil, verdict: .tooShort)
            }
            let interval = Self.interval(left, right, &random)
            let verdict: Verdict =
                interval.contains(0) ? .same : (interval.lowerBound > 0) == isGoodHigh ? .better : .worse
            return Row(name: name, a: value(a), b: value(b), interval: interval, verdict: verdict)
        }
        rows = [
            row("successful/s", \.goodput, isGoodHigh: true, \.succeeded),
            row("errors %", \.errorPercent, \.errorPercent),
            row("p50 ms", \.p50, \.p50),
            row("p99 ms", \.p99, \.p99),
        ]
    }

    private static func interval(
        _ left: [Double], _ right: [Double], _ random: inout SplitMix64
    ) -> ClosedRange<Double> {
        func resampledMean(_ values: [Double]) -> Double {
            var sum = 0.0
            for _ in values { sum += values[Int(random.next(upperBound: UInt64(values.count)))] }
            return sum / Double(values.count)
        }
        let differences = (0..<resamples).map { _ in resampledMean(right) - resampledMean(left) }.sorted()
        return differences[resamples / 40]...differences[resamples - 1 - resamples / 40]
    }

    package var text: String {
        var lines = [("A", a), ("B", b)].map { "\($0)  \($1.name)  \($1.endpoint)  \($1.startedAt)" }
        let widths = [10, 10, 22]
        func line(_ name: String, _ cells: [String], _ verdict: String) -> String {
            NumberFormat.leftAligned(name, 14) + zip(cells, widths).map(NumberFormat.rightAligned).joined() + "  "
                + verdict
        }
        lines += ["", line("", ["A", "B", "B - A, 95 % interval"], "B is")]
        lines += rows.map { row in
            let interval = row.interval.map { "\(Self.signed($0.lowerBound)) to \(Self.signed($0.upperBound))" } ?? "-"
            let cells = [row.a, row.b].map { $0.map(Self.number) ?? "-" } + [interval]
            return line(row.name, cells, row.verdict.rawValue)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double) -> String {
        NumberFormat.fixed(value, abs(value) < 10 ? 3 : abs(value) < 1000 ? 1 : 0)
    }

    private static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + number(value) }

    /// Both runs in the same charts.
    package var svg: String {
        func percentiles(_ report: SavedReport) -> [(x: Double, y: Double)] {
            let total = report.histogram.reduce(0) { $0 + $1.count }
            var below = 0.0
            return report.histogram.map { time, count in
                defer { below += count }
                return (x: total / (total - below), y: time)
            }
        }
        func rates(_ report: SavedReport) -> [(x: Double, y: Double)] {
            report.seconds.enumerated().map { (Double($0.offset) + 0.5, $0.element.succeeded) }
        }
        func lines(_ points: (SavedReport) -> [(x: Double, y: Double)]) -> [Chart.Line] {
            [
                Chart.Line(name: "A", color: "#1f6feb", points: points(a)),
                Chart.Line(name: "B", color: "#e07b00", points: points(b)),
            ]
        }
        let (rateLines, percentileLines) = (lines(rates), lines(percentiles))
        let times = percentileLines.flatMap(\.points).map { Nanoseconds($0.y * 1e6) }
        let charts = [
            Chart(
                title: "Latency of successful requests by percentile",
                x: .percentiles(upTo: percentileLines.flatMap(\.points).map(\.x).max() ?? 10),
                y: .milliseconds("ms", times),
                lines: percentileLines
            ),
            Chart(
                title: "Successful requests",
                x: .seconds(max(a.seconds.count, b.seconds.count)),
                y: .linear("requests/s", upTo: rateLines.flatMap(\.points).map(\.y).max() ?? 1),
                lines: rateLines
            ),
        ]
        var heading = [("A", a), ("B", b)].map { "\($0): \($1.name), \($1.endpoint), \($1.startedAt)" }
        heading += rows.map { row in
            "\(row.name): A \(row.a.map(Self.number) ?? "-"), B \(row.b.map(Self.number) ?? "-"), \(row.verdict.rawValue)"
        }
        return Chart.document(title: "bashoutter-client compare", heading: heading, charts: charts)
    }
}
