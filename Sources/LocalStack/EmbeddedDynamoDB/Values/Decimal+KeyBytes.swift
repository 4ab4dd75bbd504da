extension Decimal {
    /// Bytes that sort like the numbers: the sign, the biased exponent, then two digits per byte. For a negative number,
    /// the bytes after the sign are inverted and end with 0xFF, so that the longer of two with a common prefix sorts first.
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
