import Encoding

/// The content of a JSON string: validated, but neither unescaped nor copied.
///
/// It points into the bytes of its ``JSONReader`` and must not outlive them.
@usableFromInline
package struct JSONText {
    /// The bytes between the quotation marks: valid UTF-8, with the escapes of RFC 8259.
    @usableFromInline package let escaped: UnsafeRawBufferPointer
    /// Whether ``escaped`` contains an escape. If not, it is the string itself.
    @usableFromInline package let hasEscapes: Bool

    @inlinable
    init(escaped: UnsafeRawBufferPointer, hasEscapes: Bool) {
        self.escaped = escaped
        self.hasEscapes = hasEscapes
    }

    /// The unescaped string.
    @usableFromInline
    package var string: String {
        guard hasEscapes else { return String(decoding: escaped, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: escaped.count) {
            unescape(into: UnsafeMutableRawBufferPointer($0))
        }
    }

    /// The value of a string of decimal digits, with an optional minus sign; nil for other strings and out of range.
    package var int: Int? {
        let isNegative = escaped.first == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard escaped.count > first else { return nil }
        // Eighteen digits cannot overflow.
        var value = 0
        var index = first
        let end = min(escaped.count, first + 18)
        while index < end {
            let digit = escaped[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &- Int(digit)
            index += 1
        }
        for byte in escaped[index...] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // Subtracts, since the magnitude of Int.min exceeds Int.max.
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.subtractingReportingOverflow(Int(digit))
            guard !isTooLarge, !overflows else { return nil }
            value = sum
        }
        guard !isNegative else { return value }
        return value == .min ? nil : -value
    }

    /// Writes the unescaped string and returns its length in bytes. `target` must have room for ``escaped``, which is at
    /// least as long.
    package func unescape(into target: UnsafeMutableRawBufferPointer) -> Int {
        var read = 0
        var written = 0
        while read < escaped.count {
            while read + 16 <= escaped.count {
                let block = escaped.sixteenBytes(at: read)
                target.storeBytes(of: block, toByteOffset: written, as: SIMD16<UInt8>.self)
                let count = SixteenBytes.countBeforeBackslash(block)
                read += count
                written += count
                if count < 16 { break }
            }
            guard read < escaped.count else { break }
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
            // The reader rejects lone surrogates, so this is always a scalar.
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

    /// Compares the unescaped string, for `switch` statements over keys.
    @inlinable
    package static func ~= (literal: StaticString, text: JSONText) -> Bool {
        text == literal
    }

    /// Compares the unescaped string.
    @inlinable
    package static func == (text: JSONText, literal: StaticString) -> Bool {
        if text.hasEscapes { return text.string == "\(literal)" }
        guard text.escaped.count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<text.escaped.count where text.escaped[index] != literal.utf8Start[index] { return false }
        return true
    }
}
