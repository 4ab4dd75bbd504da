/// Why a string is not a ``FailCondition``.
package enum FailConditionError: Error, CustomStringConvertible {
    /// The condition contains neither `>` nor `<`.
    case noComparison(String)
    case unknownMetric(condition: String, metric: String)
    /// The value does not fit the metric; `expected` describes what does.
    case invalidValue(condition: String, expected: String)

    package var description: String {
        switch self {
        case .noComparison(let condition):
            "'\(condition)' is not a condition; expected for example p99>200ms or errors>0.1%"
        case .unknownMetric(let condition, let metric):
            "'\(metric)' in '\(condition)' is not a metric; expected min, mean, max, pN (such as p99.9), errors, rate or goodput"
        case .invalidValue(let condition, let expected):
            "'\(condition)' is not a condition; expected \(expected)"
        }
    }
}
