/// A JSON number, kept as it is written: nothing is rounded, no digit is lost.
public struct JSONNumber: Hashable, Sendable {
    /// The number's text, which follows the grammar of RFC 8259, section 6.
    public let text: String

    init(unchecked text: String) {
        self.text = text
    }

    /// A whole number.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// The number that `text` writes; nil when it does not follow RFC 8259, section 6.
    public init?(_ text: String) {
        var copy = text
        let isNumber = copy.withUTF8 { utf8 in
            var reader = JSONReader(UnsafeRawBufferPointer(utf8))
            guard let kind = try? reader.peek(), kind == .number, reader.offset == 0,
                let range = try? reader.scanNumber()
            else { return false }
            return range.upperBound == utf8.count
        }
        guard isNumber else { return nil }
        self.text = text
    }

    /// The value as a whole number; nil when it is written with a fraction or an exponent, or does not fit.
    public var int: Int? { Int(text) }

    /// The nearest double-precision number, which may be infinite.
    public var double: Double { Double(text) ?? .nan }
}
