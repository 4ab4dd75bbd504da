import Glibc

extension Chart.Axis {
    /// An axis from 0 to at least `highest`, with about five ticks at round values.
    static func linear(_ label: String, upTo highest: Double) -> Chart.Axis {
        let rough = max(highest, 1) / 5
        let magnitude = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= rough * 0.999 } ?? rough
        let count = max((max(highest, 1) / step).rounded(.up), 1)
        let ticks = (0...Int(count)).map { (value: Double($0) * step, text: number(Double($0) * step)) }
        return Chart.Axis(label: label, range: 0...(count * step), scale: .linear, ticks: ticks)
    }

    /// A logarithmic axis in milliseconds, with ticks at 1, 2 and 5 times each power of ten, or only at the powers and at
    /// the end if that would be more than eight.
    static func milliseconds(_ label: String, _ times: some Sequence<Nanoseconds>) -> Chart.Axis {
        let values = times.map(\.milliseconds).filter { $0 > 0 }
        let low = pow(10, log10(values.min() ?? 0.1).rounded(.down))
        let highest = max(values.max() ?? 1, low * 2)
        var ticks: [Double] = []
        var power = low
        while power <= highest * 10 {
            ticks += [1, 2, 5].map { $0 * power }
            power *= 10
        }
        let high = ticks.first { $0 >= highest * 0.999 } ?? highest
        ticks = ticks.filter { $0 <= high * 1.001 }
        if ticks.count > 8 {
            ticks = ticks.filter { abs(log10($0) - log10($0).rounded()) < 1e-6 || $0 == high }
        }
        return Chart.Axis(
            label: label,
            range: low...high,
            scale: .logarithmic,
            ticks: ticks.map { ($0, number($0)) }
        )
    }

    /// An axis from 0 to `count` seconds.
    static func seconds(_ count: Int) -> Chart.Axis {
        let steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400]
        let step = steps.first { count / $0 <= 12 } ?? count
        let ticks = stride(from: 0, through: max(count, 1), by: step).map { (Double($0), String($0)) }
        return Chart.Axis(label: "time, s", range: 0...Double(max(count, 1)), scale: .linear, ticks: ticks)
    }

    /// A percentile axis on which 90, 99 and 99.9 are equally far apart. Values are 1 / (1 - percentile / 100).
    static func percentiles(upTo highest: Double) -> Chart.Axis {
        let names = ["0", "50", "90", "99", "99.9", "99.99", "99.999", "99.9999", "99.99999"]
        let values = [1.0, 2, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]
        let ticks = zip(values, names).filter { $0.0 <= max(highest, 10) }.map { (value: $0.0, text: $0.1) }
        return Chart.Axis(
            label: "percentile of the successful requests, %",
            range: 1...max(highest, 10),
            scale: .logarithmic,
            ticks: ticks
        )
    }

    private static func number(_ value: Double) -> String {
        value >= 1000 ? NumberFormat.grouped(Int(value.rounded())) : NumberFormat.trimmed(value)
    }
}
