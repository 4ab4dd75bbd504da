/// Bytes as text: base64 with padding (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = alphabet.indices.reduce(into: Array(repeating: 0xFF, count: 256)) {
        $0[Int(alphabet[$1])] = UInt8($1)
    }

    /// The text of `bytes`, ASCII.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(group.count)))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[Int(bits >> (18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return text
    }

    /// Why a text is not base64.
    package enum DecodingError: Error {
        /// The number of its bytes, which is given, is not a multiple of four.
        case length(Int)
        /// It holds a character that is not of the alphabet, or padding elsewhere than at the end.
        case character
        /// Bits of the last character that belong to no byte are set.
        case nonZeroPadding
    }

    /// The bytes that `text` stands for.
    ///
    /// - Throws: ``DecodingError``.
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
