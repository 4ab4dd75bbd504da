/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = alphabet.indices.reduce(into: Array(repeating: 0xFF, count: 256)) {
        $0[Int(alphabet[$1])] = UInt8($1)
    }

    /// Returns the text as ASCII bytes.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(group.count)))
            for position in 0..<4 {
                text.append(
                    position <= group.count ? alphabet[Int(bits >> (18 - 6 * position) & 63)] : UInt8(ascii: "="))
            }
        }
        return text
    }

    package enum DecodingError: Error {
        /// The length in bytes is not a multiple of four.
        case length(Int)
        /// There is a character outside the alphabet, or padding before the end.
        case character
        /// The last character has bits set that are not part of any byte (RFC 4648, section 3.5).
        case nonZeroPadding
    }

    package static func decode(_ text: some Collection<UInt8>) throws(DecodingError) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length(text.count) }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for character in text.dropLast(padding) {
            let value = values[Int(character)]
            guard value != 0xFF else { throw .character }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        guard bits & (1 << UInt32(count) - 1) == 0 else { throw .nonZeroPadding }
        return bytes
    }
}
