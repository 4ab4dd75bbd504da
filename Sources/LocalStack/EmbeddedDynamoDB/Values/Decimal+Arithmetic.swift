extension Decimal {
    static prefix func - (number: Decimal) -> Decimal {
        var negated = number
        negated.isNegative = number.digits > 0 && !number.isNegative
        return negated
    }

    /// The exact sum.
    ///
    /// - Throws: `overflow` also if 38 digits cannot hold the sum, as the service does.
    static func sum(_ left: Decimal, _ right: Decimal) throws(ParseError) -> Decimal {
        guard left.digits > 0 else { return right }
        guard right.digits > 0 else { return left }
        let exponent = min(left.exponent, right.exponent)
        guard let first = left.coefficient(atExponent: exponent), let second = right.coefficient(atExponent: exponent)
        else { throw .overflow }
        let (total, overflows) = first.addingReportingOverflow(second)
        let sum = normalized(isNegative: total < 0, coefficient: total.magnitude, exponent: exponent)
        guard !overflows, sum.digits <= maximumDigits else { throw .overflow }
        return try sum.validated()
    }

    /// The signed coefficient that goes with the smaller exponent `target`; nil if it is too large.
    private func coefficient(atExponent target: Int) -> Int128? {
        guard exponent - target <= Self.maximumDigits else { return nil }
        let (scaled, overflows) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[exponent - target])
        guard !overflows, let magnitude = Int128(exactly: scaled) else { return nil }
        return isNegative ? -magnitude : magnitude
    }
}
