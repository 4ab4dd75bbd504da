/// The CRC-32 of gzip (RFC 1952, section 8), computed 16 bytes at a time. DynamoDB sends it in `x-amz-crc32`.
package enum CRC32 {
    /// `tables[256 * n + b]` is the CRC, without the inversions, of the byte `b` followed by `n` zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
            tables[index] = value
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xFF)]
        }
        return tables
    }()

    package static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var crc: UInt32 = 0xFFFF_FFFF
            var offset = 0
            while offset + 16 <= bytes.count {
                let first = word(of: bytes, at: offset) ^ UInt64(crc)
                let second = word(of: bytes, at: offset + 8)
                crc = 0
                for position in 0..<8 {
                    let shift = UInt64(8 * position)
                    crc ^= tables[(15 - position) << 8 | Int(truncatingIfNeeded: first >> shift & 0xFF)]
                    crc ^= tables[(7 - position) << 8 | Int(truncatingIfNeeded: second >> shift & 0xFF)]
                }
                offset += 16
            }
            while offset < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
                offset += 1
            }
            return ~crc
        }
    }

    private static func word(of bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
