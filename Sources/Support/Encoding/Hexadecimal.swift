/// Hexadecimal digits (RFC 4648, section 8). Encoding writes lower-case digits.
@usableFromInline
package enum Hexadecimal {
    /// The lower-case digit of `value`, 0…15.
    @inlinable
    package static func digit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The upper-case digit of `value`, 0…15.
    package static func uppercaseDigit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// The value of a digit of either case; nil for any other character.
    @inlinable
    package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: value(ofLowercase: digit)
        }
    }

    /// The value of `0`…`9` or `a`…`f`; nil for any other character.
    @inlinable
    package static func value(ofLowercase digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digit(of: byte >> 4)
                text[2 * index + 1] = digit(of: byte & 0xF)
            }
            return 2 * bytes.count
        }
    }
}
