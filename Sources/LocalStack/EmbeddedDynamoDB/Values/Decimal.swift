/// An exact decimal number of up to 38 significant digits: zero, or an absolute value from 1E-130 to 9.99…E+125.
///
/// Source: "Supported data types and naming rules in Amazon DynamoDB", Number.
struct Decimal: Hashable, Sendable {
    var isNegative: Bool
    /// The significant digits as an integer without trailing zeros; 0 for zero.
    let coefficient: UInt128
    /// The power of ten of the last significant digit; 0 for zero.
    let exponent: Int
    /// The number of significant digits; 0 for zero.
    let digits: Int

    static let zero = Decimal(isNegative: false, coefficient: 0, exponent: 0, digits: 0)
    static let maximumDigits = 38
    static let powersOfTen: [UInt128] = (1...38).reduce(into: [1]) { $0.append($0[$1 - 1] * 10) }

    /// Why a text or a sum is not a valid DynamoDB number.
    enum ParseError: Error { case notNumeric, overflow, underflow, tooManyDigits }

    /// Removes trailing zeros. Does not check the limits; ``validated()`` does.
    static func normalized(isNegative: Bool, coefficient: UInt128, exponent: Int) -> Decimal {
        guard coefficient != 0 else { return zero }
        var (coefficient, exponent) = (coefficient, exponent)
        while coefficient % 10 == 0 { (coefficient, exponent) = (coefficient / 10, exponent + 1) }
        let digits = powersOfTen.firstIndex { $0 > coefficient } ?? maximumDigits + 1
        return Decimal(isNegative: isNegative, coefficient: coefficient, exponent: exponent, digits: digits)
    }

    /// The power of ten of the first significant digit.
    var magnitude: Int { exponent + digits - 1 }

    func validated() throws(ParseError) -> Decimal {
        guard magnitude <= 125 else { throw .overflow }
        guard magnitude >= -130 else { throw .underflow }
        guard digits <= Self.maximumDigits else { throw .tooManyDigits }
        return self
    }

    /// The number in plain notation, as DynamoDB writes it.
    var text: String {
        guard digits > 0 else { return "0" }
        let sign = isNegative ? "-" : ""
        let written = String(coefficient)
        if exponent >= 0 { return sign + written + String(repeating: "0", count: exponent) }
        guard digits > -exponent else {
            return sign + "0." + String(repeating: "0", count: -exponent - digits) + written
        }
        return sign + written.dropLast(-exponent) + "." + written.suffix(-exponent)
    }

    /// The size in bytes: one, plus one for each digit in base 100, plus one for a minus sign.
    var size: Int {
        guard digits > 0 else { return 1 }
        let pairs = digits % 2 == 1 ? (digits + 1) / 2 : digits / 2 + (magnitude % 2 == 0 ? 1 : 0)
        return 1 + pairs + (isNegative ? 1 : 0)
    }
}

extension Decimal {
    init(_ value: Int) {
        self = Decimal.normalized(isNegative: value < 0, coefficient: UInt128(value.magnitude), exponent: 0)
    }

    /// Reads `[+-]digits[.digits][(e|E)[+-]digits]`; the digits before or after the point may be missing.
    init(parsing text: some Sequence<UInt8>) throws(ParseError) {
        var bytes = text.makeIterator()
        var byte = bytes.next()
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative || byte == UInt8(ascii: "+") { byte = bytes.next() }
        var (coefficient, digits, trailingZeros, decimals): (UInt128, Int, Int, Int) = (0, 0, 0, 0)
        var (hasDigit, hasPoint) = (false, false)
        scan: while let current = byte {
            switch current {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigit = true
                if hasPoint { decimals += 1 }
                let digit = current - UInt8(ascii: "0")
                if digit == 0 {
                    if digits > 0 { trailingZeros += 1 }
                } else {
                    let added = trailingZeros + 1
                    digits += added
                    if digits <= Self.maximumDigits {
                        coefficient = coefficient * Self.powersOfTen[added] + UInt128(digit)
                    }
                    trailingZeros = 0
                }
            case UInt8(ascii: ".") where !hasPoint: hasPoint = true
            default: break scan
            }
            byte = bytes.next()
        }
        guard hasDigit else { throw .notNumeric }
        var exponent = trailingZeros - decimals
        if let marker = byte {
            guard marker | 0x20 == UInt8(ascii: "e") else { throw .notNumeric }
            byte = bytes.next()
            let isNegativeExponent = byte == UInt8(ascii: "-")
            if isNegativeExponent || byte == UInt8(ascii: "+") { byte = bytes.next() }
            guard byte != nil else { throw .notNumeric }
            var written = 0
            while let digit = byte.map({ $0 &- UInt8(ascii: "0") }) {
                guard digit < 10 else { throw .notNumeric }
                written = min(written * 10 + Int(digit), 1_000_000)
                byte = bytes.next()
            }
            exponent += isNegativeExponent ? -written : written
        }
        guard digits > 0 else {
            self = .zero
            return
        }
        self = try Decimal(isNegative: isNegative, coefficient: coefficient, exponent: exponent, digits: digits)
            .validated()
    }
}

extension Decimal: Comparable {
    static func < (left: Decimal, right: Decimal) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative ? isSmaller(right, left) : isSmaller(left, right)
    }

    private static func isSmaller(_ left: Decimal, _ right: Decimal) -> Bool {
        guard left.digits > 0, right.digits > 0 else { return left.digits < right.digits }
        guard left.magnitude == right.magnitude else { return left.magnitude < right.magnitude }
        return left.coefficient * powersOfTen[maximumDigits - left.digits]
            < right.coefficient * powersOfTen[maximumDigits - right.digits]
    }
}

extension Decimal.ParseError {
    /// The service's message.
    var message: String {
        switch self {
        case .notNumeric: "The parameter cannot be converted to a numeric value"
        case .overflow: "Number overflow. Attempting to store a number with magnitude larger than supported range"
        case .underflow: "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        case .tooManyDigits: "Attempting to store more than 38 significant digits in a Number"
        }
    }
}
