/// A condition under which a load test has failed: `p99>200ms`, `errors>0.1%`, `post.p50>20ms`, `rate<1000`.
public struct FailCondition: Sendable, Equatable, CustomStringConvertible {
    /// What is looked at.
    enum Metric: Equatable {
        case percentile(Double)
        case mean
        case min
        case max
        case errors
        case errorPercent
        case rate
    }

    private let metric: Metric
    private let operation: Operation?
    private let comparison: String
    private let limit: Double
    /// The condition as it was written.
    public let description: String

    /// Reads `[OPERATION.]METRIC` `>`, `>=`, `<` or `<=` `VALUE`.
    ///
    /// Metrics are `min`, `mean`, `max` and `pN` (0 to 100, such as `p99.9`), compared with a time in `us`, `ms` or `s`;
    /// `errors`, with a number or a percentage of the requests; and `rate`, with requests sent a second.
    ///
    /// - Throws: ``FailConditionError``.
    public init(_ text: String) throws(FailConditionError) {
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
                throw .badValue(text, "a number or a percentage, such as 0.1%")
            }
            self.limit = limit
        case "rate":
            metric = .rate
            guard operation == nil, let limit = Double(value), limit >= 0 else {
                throw .badValue(text, "requests a second of all operations, such as 1000")
            }
            self.limit = limit
        default:
            switch name {
            case "min": metric = .min
            case "mean": metric = .mean
            case "max": metric = .max
            default:
                guard name.first == "p", let percent = Double(name.dropFirst()), (0...100).contains(percent) else {
                    throw .unknownMetric(text, String(name))
                }
                metric = .percentile(percent)
            }
            guard let time = TimeSpan.nanoseconds(in: String(value), unitRequired: true) else {
                throw .badValue(text, "a time with its unit, such as 200ms")
            }
            limit = Double(time)
        }
    }

    /// What is wrong with the run, in words, if the condition holds; nil when it does not. A time of which there is no
    /// sample at all fails every condition.
    public func failure(in report: LoadReport) -> String? {
        let recorder = report.recorder
        let times = operation.map { recorder.operations[$0.rawValue] } ?? recorder.all
        let requests = operation.map { recorder.requests[$0.rawValue] } ?? report.requests
        let errors = operation.map { recorder.errors[$0.rawValue] } ?? report.errors
        let value: Double
        switch metric {
        case .errors: value = Double(errors)
        case .errorPercent: value = requests == 0 ? 0 : 100 * Double(errors) / Double(requests)
        case .rate: value = report.rateReached
        case .percentile, .mean, .min, .max:
            guard times.count > 0 else { return "\(description): there is no time to compare" }
            switch metric {
            case .percentile(let percent): value = Double(times.percentile(percent))
            case .mean: value = Double(times.mean)
            case .min: value = Double(times.min)
            default: value = Double(times.max)
            }
        }
        return holds(value) ? "\(description): it is \(words(for: value))" : nil
    }

    private func holds(_ value: Double) -> Bool {
        switch comparison {
        case ">": value > limit
        case ">=": value >= limit
        case "<": value < limit
        default: value <= limit
        }
    }

    private func words(for value: Double) -> String {
        switch metric {
        case .errors: Format.grouped(Int(value))
        case .errorPercent: Format.percent(value)
        case .rate: Format.rate(value) + "/s"
        case .percentile, .mean, .min, .max: Format.milliseconds(UInt64(value)) + " ms"
        }
    }
}

/// Why a text is no ``FailCondition``.
public enum FailConditionError: Error, Equatable, CustomStringConvertible {
    /// There is no `>` or `<`.
    case noComparison(String)
    /// What stands before the comparison is not known.
    case unknownMetric(String, String)
    /// What stands behind it is not what the metric is compared with, which is the second value.
    case badValue(String, String)

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .noComparison(let text): "'\(text)' compares nothing; say for example p99>200ms or errors>0.1%"
        case .unknownMetric(let text, let name):
            "'\(name)' in '\(text)' is none of min, mean, max, p50 (or any other pN), errors, rate"
        case .badValue(let text, let expected): "'\(text)' needs \(expected), behind the comparison"
        }
    }
}
