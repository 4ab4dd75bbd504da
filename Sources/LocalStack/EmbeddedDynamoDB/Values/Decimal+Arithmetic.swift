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
    /// - Throws: `overflow` also if 38 digits cannot hold the sum, as the service does.
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
        return try sum.validated()
    }

    private func coefficient(atExponent target: Int) -> UInt128? {
        guard exponent - target <= Self.maximumDigits else { return nil }
        let (scaled, overflows) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[exponent - target])
        return overflows ? nil : scaled
    }
}
