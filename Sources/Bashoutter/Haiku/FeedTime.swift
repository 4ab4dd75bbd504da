/// A value of the attribute `posted_at`, by which the feed is ordered: microseconds since 1970.
///
/// The API writes whole microseconds, but another tool may store any number that DynamoDB can store: up to 38 significant
/// digits and magnitudes from 1E-130 to 9.9…E+125 (Amazon DynamoDB Developer Guide, "Supported data types and naming
/// rules", Number). Each is represented exactly.
package struct FeedTime: Hashable, Sendable {
    // The value is coefficient × 10^exponent. So that equal values are represented equally, the exponent is 0 for every
    // whole number of 64 bits, and the coefficient of every other number does not end in 0.
    private let coefficient: Int128
    private let exponent: Int16

    private init(coefficient: Int128, exponent: Int16) {
        self.coefficient = coefficient
        self.exponent = exponent
    }

    package init(microseconds: Int64) {
        self.init(coefficient: Int128(microseconds), exponent: 0)
    }

    package init(_ timestamp: Timestamp) {
        self.init(microseconds: timestamp.microseconds)
    }

    /// Parses a decimal number with an optional sign, fraction and exponent. Returns nil for other texts and for numbers
    /// that DynamoDB cannot store.
    package init?(_ text: some Collection<UInt8>) {
        var scanner = DecimalScanner(text)
        guard let number = scanner.number() else { return nil }
        // A whole number of 64 bits has at most 19 digits.
        if number.exponent >= 0, number.digits + number.exponent <= 19,
            let whole = Int64(exactly: number.coefficient.scaled(by: number.exponent))
        {
            self.init(microseconds: whole)
        } else {
            self.init(coefficient: number.coefficient, exponent: Int16(number.exponent))
        }
    }
}

extension FeedTime: Comparable {
    package static func < (left: FeedTime, right: FeedTime) -> Bool {
        if left.exponent == right.exponent { return left.coefficient < right.coefficient }
        let (leftSign, rightSign) = (left.coefficient.signum(), right.coefficient.signum())
        guard leftSign == rightSign else { return leftSign < rightSign }
        let (leftOrder, rightOrder) = (left.order, right.order)
        guard leftOrder == rightOrder else { return (leftOrder < rightOrder) == (leftSign > 0) }
        // With the smaller of the two exponents, numbers of the same order have equally many digits: at most 38.
        let exponent = min(left.exponent, right.exponent)
        return left.coefficient.scaled(by: Int(left.exponent - exponent))
            < right.coefficient.scaled(by: Int(right.exponent - exponent))
    }

    /// The position of the first digit: 1 for numbers from 1 to 9.9….
    private var order: Int {
        var digits = 0
        var rest = coefficient.magnitude
        while rest > 0 {
            rest /= 10
            digits += 1
        }
        return digits + Int(exponent)
    }
}

extension FeedTime: CustomStringConvertible {
    /// A decimal number that DynamoDB accepts, with an exponent if it has one.
    package var description: String {
        guard exponent == 0 else { return "\(coefficient)E\(exponent)" }
        return Int64(exactly: coefficient).map { "\($0)" } ?? "\(coefficient)"
    }
}

extension Int128 {
    /// The number times 10^`exponent`. The caller ensures that the product has at most 38 digits.
    fileprivate func scaled(by exponent: Int) -> Int128 {
        (0..<exponent).reduce(self) { value, _ in value * 10 }
    }
}

/// Scans a decimal number in the range of DynamoDB's numbers.
private struct DecimalScanner<Text: Collection<UInt8>> {
    private var rest: Text.SubSequence

    init(_ text: Text) {
        rest = text[...]
    }

    /// The whole text as a coefficient that does not end in 0, its number of digits, and an exponent; nil if malformed or
    /// out of range.
    mutating func number() -> (coefficient: Int128, digits: Int, exponent: Int)? {
        // Bounds the arithmetic below. The longest number in plain notation has less than 300 digits.
        guard rest.count <= 512 else { return nil }
        let isNegative = sign()
        guard let significand = significand(), let exponent = exponent(), rest.isEmpty else { return nil }
        guard significand.coefficient != 0 else { return (0, 0, 0) }
        let sum = significand.exponent + exponent
        guard (-130...125).contains(significand.digits + sum - 1) else { return nil }
        return (isNegative ? -significand.coefficient : significand.coefficient, significand.digits, sum)
    }

    /// Skips a sign and returns whether it is a minus.
    private mutating func sign() -> Bool {
        guard let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return false }
        rest.removeFirst()
        return first == UInt8(ascii: "-")
    }

    /// Returns nil if there is no digit, or if there are more than 38 significant ones.
    private mutating func significand() -> (coefficient: Int128, exponent: Int, digits: Int)? {
        var (coefficient, digits, zeros): (Int128, Int, Int) = (0, 0, 0)
        var (hasDigit, fraction): (Bool, Int?) = (false, nil)
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), fraction == nil {
                fraction = 0
            } else if case let digit = byte &- UInt8(ascii: "0"), digit < 10 {
                hasDigit = true
                fraction = fraction.map { $0 + 1 }
                if digit == 0 {
                    // Zeros count only between other digits.
                    if digits > 0 { zeros += 1 }
                } else {
                    digits += zeros + 1
                    guard digits <= 38 else { return nil }
                    coefficient = coefficient.scaled(by: zeros + 1) + Int128(digit)
                    zeros = 0
                }
            } else {
                break
            }
            rest.removeFirst()
        }
        return hasDigit ? (coefficient, zeros - (fraction ?? 0), digits) : nil
    }

    /// 0 if there is no exponent; nil if it is malformed or has more than three digits.
    private mutating func exponent() -> Int? {
        guard let letter = rest.first, letter == UInt8(ascii: "E") || letter == UInt8(ascii: "e") else { return 0 }
        rest.removeFirst()
        let isNegative = sign()
        let digits = rest.prefix(4)
        guard (1...3).contains(digits.count), digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return isNegative ? -value : value
    }
}
