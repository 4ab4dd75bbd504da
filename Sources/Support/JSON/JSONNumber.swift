/// A JSON number, stored as text so that no digit is lost.
package struct JSONNumber: Hashable, Sendable {
    /// Follows the grammar of RFC 8259, section 6.
    package let text: String

    init(unchecked text: String) {
        self.text = text
    }

    package init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// Returns nil if `text` does not follow RFC 8259, section 6.
    package init?(_ text: String) {
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

    /// The value as an integer; nil if it is written with a fraction or an exponent, or out of range.
    package var int: Int? { Int(text) }

    /// The nearest double, which may be infinite.
    package var double: Double { Double(text) ?? .nan }
}
