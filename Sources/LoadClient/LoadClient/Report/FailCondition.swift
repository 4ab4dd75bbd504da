/// A condition that makes a load test fail: `p99>200ms`, `errors>0.1%`, `post.p50>20ms`, `rate<1000`.
package struct FailCondition: Sendable, CustomStringConvertible {
    private enum Metric {
        case percentile(Double)
        case mean
        case min
        case max
        case errors
        case errorPercent
        case rate
        case goodput
    }

    private let metric: Metric
    private let operation: Operation?
    private let comparison: String
    private let limit: Double
    /// The condition as the user wrote it.
    package let description: String

    /// Parses `[OPERATION.]METRIC` `>`, `>=`, `<` or `<=` `VALUE`.
    ///
    /// | metric | value |
    /// |---|---|
    /// | `min`, `mean`, `max`, `pN` (a percentile, such as `p99.9`) | a latency of the successful requests with its unit, such as `200ms` |
    /// | `errors` | a number, or a percentage of the requests |
    /// | `rate` (of all operations only) | requests sent per second; with Poisson arrivals, the target rate times the share of requests sent in time |
    /// | `goodput` (of all operations only) | successful requests per second |
    package init(_ text: String) throws(FailConditionError) {
        description = text
        let compact = text.filter { !$0.isWhitespace }
        guard let sign = compact.firstIndex(where: { $0 == ">" || $0 == "<" }) else { throw .noComparison(text) }
        var name = compact[..<sign]
        var value = compact[compact.index(after: sign)...]
        comparison = String(compact[sign]) + (value.first == "=" ? "=" : "")
        if value.first == "=" { value = value.dropFirst() }

        if let dot = name.firstIndex(of: "."), let operation = Operation(name: name[..<dot]) {
            self.operation = operation
            name = name[name.index(after: dot)...]
        } else {
            operation = nil
        }
        switch name {
        case "errors":
            metric = value.hasSuffix("%") ? .errorPercent : .errors
            guard let limit = Double(value.hasSuffix("%") ? value.dropLast() : value), limit >= 0 else {
                throw .invalidValue(condition: text, expected: "a number or a percentage, such as 0.1%")
            }
            self.limit = limit
        case "rate", "goodput":
            metric = name == "rate" ? .rate : .goodput
            guard operation == nil, let limit = Double(value), limit >= 0 else {
                throw .invalidValue(
                    condition: text,
                    expected: "the rate of all operations, such as \(name)<1000"
                )
            }
            self.limit = limit
        default:
            switch name {
            case "min": metric = .min
            case "mean": metric = .mean
            case "max": metric = .max
            default:
                guard name.first == "p", let percent = Double(name.dropFirst()), (0...100).contains(percent) else {
                    throw .unknownMetric(condition: text, metric: String(name))
                }
                metric = .percentile(percent)
            }
            guard let time = DurationParser.nanoseconds(in: String(value), unitRequired: true) else {
                throw .invalidValue(condition: text, expected: "a time with its unit, such as 200ms")
            }
            limit = Double(time)
        }
    }

    /// Returns the message of the failure if the condition holds, and nil otherwise. A condition on a latency holds if there
    /// are no samples.
    package func failure(in report: LoadReport) -> String? {
        let recorder = report.recorder
        let times = operation.map { recorder.operations[$0.rawValue] } ?? recorder.all
        let requests = operation.map { recorder.requests[$0.rawValue] } ?? report.requests
        let errors = operation.map { recorder.errors[$0.rawValue] } ?? report.errors
        let value: Double
        switch metric {
        case .errors: value = Double(errors)
        case .errorPercent: value = requests == 0 ? 0 : 100 * Double(errors) / Double(requests)
        case .rate: value = report.rateWithoutSpread
        case .goodput: value = report.goodput
        case .percentile, .mean, .min, .max:
            guard times.count > 0 else { return "\(description): no successful request to measure" }
            switch metric {
            case .percentile(let percent): value = Double(times.percentile(percent))
            case .mean: value = Double(times.mean)
            case .min: value = Double(times.min)
            default: value = Double(times.max)
            }
        }
        return holds(value) ? "\(description): it was \(formatted(value))" : nil
    }

    private func holds(_ value: Double) -> Bool {
        switch comparison {
        case ">": value > limit
        case ">=": value >= limit
        case "<": value < limit
        default: value <= limit
        }
    }

    private func formatted(_ value: Double) -> String {
        switch metric {
        case .errors: NumberFormat.grouped(Int(value))
        case .errorPercent: NumberFormat.percent(value)
        case .rate, .goodput: NumberFormat.rate(value) + "/s"
        case .percentile, .mean, .min, .max: NumberFormat.milliseconds(UInt64(value)) + " ms"
        }
    }
}
