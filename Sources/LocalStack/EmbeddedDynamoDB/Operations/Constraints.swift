/// Collects the constraints of the service's API model that a request violates. The service reports them together.
struct Constraints {
    private var violations: [String] = []

    /// Whether no further violation is reported.
    var isFull: Bool { violations.count == 10 }

    /// Records a violation by the member at `path` unless `isMet`. A nil `value` is reported as null.
    mutating func check(
        _ isMet: Bool,
        _ value: @autoclosure () -> String?,
        at path: @autoclosure () -> String,
        _ constraint: String,
        of subject: String = "Member must"
    ) {
        guard !isMet, !isFull else { return }
        let value = value().map { "'\($0)'" } ?? "null"
        violations.append("Value \(value) at '\(path())' failed to satisfy constraint: \(subject) \(constraint)")
    }

    /// Checks an enumerated member, which may be absent.
    mutating func check(_ value: String?, at path: String, isOneOf allowed: [String]) {
        guard let value, !allowed.contains(value) else { return }
        check(false, value, at: path, "satisfy enum value set: [\(allowed.joined(separator: ", "))]")
    }

    /// Checks an enumerated parameter, which may be absent.
    mutating func check(_ value: String?, of parameter: ItemRequest.StringParameter) {
        if value != nil { check(value, at: parameter.path, isOneOf: parameter.allowedValues) }
    }

    mutating func checkPresent(_ isPresent: Bool, at path: String) { check(isPresent, nil, at: path, "not be null") }

    /// Checks the name of a table or an index, which may be absent.
    mutating func check(name: String?, at path: String) {
        guard let name else { return }
        check(NamingRules.isWellFormed(name), name, at: path, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        check(name.utf8.count, in: 3...255, "length", of: name, at: path)
    }

    /// Checks a number, or the length of a string or a list. It may be absent.
    ///
    /// - Parameter value: What the message shows; nil for the number.
    mutating func check(
        _ number: Int?,
        in range: ClosedRange<Int>,
        _ quantity: String = "value",
        of value: @autoclosure () -> String? = nil,
        at path: String
    ) {
        guard let number, !range.contains(number) else { return }
        let (minimum, maximum) = (range.lowerBound, range.upperBound)
        check(
            number >= minimum, value() ?? "\(number)", at: path, "have \(quantity) greater than or equal to \(minimum)")
        check(number <= maximum, value() ?? "\(number)", at: path, "have \(quantity) less than or equal to \(maximum)")
    }

    func throwViolations() throws(ServiceError) {
        guard !violations.isEmpty else { return }
        let errors = violations.count == 1 ? "error" : "errors"
        throw .validation("\(violations.count) validation \(errors) detected: " + violations.joined(separator: "; "))
    }
}
