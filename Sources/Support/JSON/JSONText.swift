import Encoding

/// The inside of a JSON string as it stands in the text: checked, still escaped, not copied.
///
/// It points into the bytes that its ``JSONReader`` reads and is valid only as long as they are.
public struct JSONText {
    /// The bytes between the quotation marks: UTF-8 with RFC 8259's escapes, known to be well-formed.
    public let escaped: UnsafeRawBufferPointer
    /// Whether there is any backslash in ``escaped``. Without one, ``escaped`` is the string itself.
    public let hasEscapes: Bool

    @inlinable
    init(escaped: UnsafeRawBufferPointer, hasEscapes: Bool) {
        self.escaped = escaped
        self.hasEscapes = hasEscapes
    }

    /// The string with its escapes resolved.
    public var string: String {
        guard hasEscapes else { return String(decoding: escaped, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: escaped.count) { unescape(into: $0) }
    }

    /// The whole number that the string writes in decimal digits; nil when it is none, or does not fit.
    public var int: Int? {
        var digits = escaped[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard digit &- UInt8(ascii: "0") < 10 else { return nil }
            // Counted downwards, since the least number has no positive counterpart.
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.subtractingReportingOverflow(Int(digit &- UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            value = sum
        }
        guard !isNegative else { return value }
        return value == .min ? nil : -value
    }

    /// Writes the unescaped string, which is never longer than ``escaped``, and returns its length in bytes.
    private func unescape(into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var read = 0
        var written = 0
        while read < escaped.count {
            let byte = escaped[read]
            read += 1
            guard byte == UInt8(ascii: "\\") else {
                target[written] = byte
                written += 1
                continue
            }
            let escape = escaped[read]
            read += 1
            guard escape == UInt8(ascii: "u") else {
                target[written] = Self.unescaped(escape)
                written += 1
                continue
            }
            var code = UInt32(hexadecimal(at: read))
            read += 4
            if (0xD800..<0xDC00).contains(code) {
                code = 0x10000 + (code - 0xD800) << 10 + (UInt32(hexadecimal(at: read + 2)) - 0xDC00)
                read += 6
            }
            // The reader has refused lone surrogates, so that this is a scalar.
            for unit in UTF8.encode(Unicode.Scalar(code) ?? "\u{FFFD}") ?? .init(repeating: 0x3F, count: 1) {
                target[written] = unit
                written += 1
            }
        }
        return written
    }

    private func hexadecimal(at offset: Int) -> UInt16 {
        var value: UInt16 = 0
        for index in offset..<(offset + 4) {
            value = value << 4 | UInt16(Hexadecimal.value(of: escaped[index]) ?? 0)
        }
        return value
    }

    private static func unescaped(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    /// Whether the string, with its escapes resolved, is `literal`; lets a `switch` over keys read naturally.
    @inlinable
    public static func ~= (literal: StaticString, text: JSONText) -> Bool {
        text == literal
    }

    /// Whether the string, with its escapes resolved, is `literal`.
    @inlinable
    public static func == (text: JSONText, literal: StaticString) -> Bool {
        if text.hasEscapes { return text.string == "\(literal)" }
        guard text.escaped.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<text.escaped.count where text.escaped[index] != literal.utf8Start[index] { return false }
        return true
    }
}
