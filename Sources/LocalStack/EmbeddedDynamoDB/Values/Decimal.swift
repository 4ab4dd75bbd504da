/// An exact decimal number of up to 38 significant digits, from 1E-130 to 9.99…E+125, or zero.
///
/// Source: "Supported data types and naming rules in Amazon DynamoDB", Number.
struct Decimal: Hashable, Sendable {
    let isNegative: Bool
    /// The significant digits as a whole number, which does not end in 0; 0 for zero.
    let coefficient: UInt128
    /// The power of ten of the last significant digit; 0 for zero.
    let exponent: Int
    /// How many significant digits there are; 0 for zero.
    let digits: Int

    static let zero = Decimal(isNegative: false, coefficient: 0, exponent: 0, digits: 0)
    private static let maximumDigits = 38
    private static let powersOfTen: [UInt128] = (1...38).reduce(into: [1]) { $0.append($0[$1 - 1] * 10) }

    /// Why a text is no number of DynamoDB's.
    enum ParseError: Error { case notNumeric, overflow, underflow, tooManyDigits }

    init(_ value: Int) {
        self = Decimal.normalized(isNegative: value < 0, coefficient: UInt128(value.magnitude), exponent: 0)
    }

    private init(isNegative: Bool, coefficient: UInt128, exponent: Int, digits: Int) {
        self.isNegative = isNegative
        self.coefficient = coefficient
        self.exponent = exponent
        self.digits = digits
    }

    private static func normalized(isNegative: Bool, coefficient: UInt128, exponent: Int) -> Decimal {
        guard coefficient != 0 else { return zero }
        var (coefficient, exponent) = (coefficient, exponent)
        while coefficient % 10 == 0 { (coefficient, exponent) = (coefficient / 10, exponent + 1) }
        let digits = powersOfTen.firstIndex { $0 > coefficient } ?? maximumDigits + 1
        return Decimal(isNegative: isNegative, coefficient: coefficient, exponent: exponent, digits: digits)
    }

    /// The power of ten of the first significant digit.
    var magnitude: Int { exponent + digits - 1 }

    private func checked() throws(ParseError) -> Decimal {
        guard magnitude <= 125 else { throw .overflow }
        guard magnitude >= -130 else { throw .underflow }
        guard digits <= Self.maximumDigits else { throw .tooManyDigits }
        return self
    }

    /// Reads `[+-]digits[.digits][(e|E)[+-]digits]`.
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
            .checked()
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

    /// Bytes that the number counts for: one, and one for each pair of significant digits, and one for a minus sign.
    var size: Int {
        guard digits > 0 else { return 1 }
        let pairs = digits % 2 == 1 ? (digits + 1) / 2 : digits / 2 + (magnitude % 2 == 0 ? 1 : 0)
        return 1 + pairs + (isNegative ? 1 : 0)
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

extension Decimal {
    static prefix func - (number: Decimal) -> Decimal {
        guard number.digits > 0 else { return number }
        return Decimal(
            isNegative: !number.isNegative,
            coefficient: number.coefficient,
            exponent: number.exponent,
            digits: number.digits
        )
    }

    /// The exact sum.
    ///
    /// - Throws: `overflow` also for a sum that 38 digits cannot hold, which is how the service words it.
    static func sum(_ left: Decimal, _ right: Decimal) throws(ParseError) -> Decimal {
        guard left.digits > 0 else { return right }
        guard right.digits > 0 else { return left }
        let exponent = min(left.exponent, right.exponent)
        guard let first = left.coefficient(atExponent: exponent), let second = right.coefficient(atExponent: exponent)
        else { throw .overflow }
        let sum: Decimal
        if left.isNegative == right.isNegative {
            let (total, overflows) = first.addingReportingOverflow(second)
            guard !overflows else { throw .overflow }
            sum = normalized(isNegative: left.isNegative, coefficient: total, exponent: exponent)
        } else {
            let isNegative = first > second ? left.isNegative : right.isNegative
            let difference = first > second ? first - second : second - first
            sum = normalized(isNegative: isNegative, coefficient: difference, exponent: exponent)
        }
        guard sum.digits > 0 else { return sum }
        guard sum.digits <= maximumDigits else { throw .overflow }
        return try sum.checked()
    }

    private func coefficient(atExponent target: Int) -> UInt128? {
        guard exponent - target <= Self.maximumDigits else { return nil }
        let (scaled, overflows) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[exponent - target])
        return overflows ? nil : scaled
    }

    /// Bytes whose order is the order of the numbers: the sign, the magnitude, then two digits a byte. Those of a
    /// negative number are inverted, with an end mark, so that the longer of two with a common start comes first.
    var keyBytes: [UInt8] {
        guard digits > 0 else { return [1] }
        var bytes = [isNegative ? 0 : 2, UInt8(magnitude + 130)]
        let written = Array(String(coefficient).utf8).map { $0 - UInt8(ascii: "0") }
        for index in stride(from: 0, to: written.count, by: 2) {
            bytes.append(written[index] * 10 + (index + 1 < written.count ? written[index + 1] : 0) + 1)
        }
        guard isNegative else { return bytes }
        return [0] + bytes.dropFirst().map(~) + [0xFF]
    }
}
