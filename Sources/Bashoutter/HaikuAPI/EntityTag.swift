/// The entity tag of a representation (RFC 9110, section 8.8.3).
///
/// It is weak, since its 64-bit checksum is no proof that bytes are equal, and since CloudFront makes the tags of
/// responses weak that it compresses. `If-None-Match` compares weakly anyway.
struct EntityTag: Equatable {
    private let checksum: UInt64

    /// - Parameter parts: What the representation consists of.
    init(of parts: [UInt8]...) {
        checksum = parts.reduce(0) { Self.checksum(of: $1, after: $0) }
    }

    /// Whether an `If-None-Match` field lists this tag, or is `*` (RFC 9110, section 13.1.2).
    func isListed(in field: String) -> Bool {
        // Tags may contain commas but not quotation marks, so the list is split at quotation marks.
        let pieces = field.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        guard pieces.count > 1 else { return field.utf8.contains(UInt8(ascii: "*")) }
        return pieces.indices.contains { $0 % 2 == 1 && pieces[$0].elementsEqual(opaqueTag.utf8) }
    }

    private var opaqueTag: String { String(checksum, radix: 16) }

    /// Four independent lanes, so that the processor does not wait for one multiplication before the next.
    private static func checksum(of part: [UInt8], after start: UInt64) -> UInt64 {
        part.withUnsafeBytes { bytes in
            func word(at offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
            var lanes = (start, start, start, start)
            var offset = 0
            while offset + 32 <= bytes.count {
                lanes.0 = mix(lanes.0, word(at: offset))
                lanes.1 = mix(lanes.1, word(at: offset + 8))
                lanes.2 = mix(lanes.2, word(at: offset + 16))
                lanes.3 = mix(lanes.3, word(at: offset + 24))
                offset += 32
            }
            var result = mix(mix(mix(mix(UInt64(bytes.count), lanes.0), lanes.1), lanes.2), lanes.3)
            for byte in bytes[offset...] { result = mix(result, UInt64(byte)) }
            return result
        }
    }

    /// A bijection in each argument: a change within one word always changes the checksum of its part.
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 32
    }
}

extension EntityTag: CustomStringConvertible {
    /// The value of an `ETag` field.
    var description: String { "W/\"\(opaqueTag)\"" }
}
