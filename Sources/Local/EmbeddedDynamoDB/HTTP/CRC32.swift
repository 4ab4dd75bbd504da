/// The checksum of RFC 1952, section 8, which each reply carries in `x-amz-crc32`; eight bytes at a time.
enum CRC32 {
    private static let tables: [[UInt32]] = {
        var tables = [
            (0..<256 as Range<UInt32>).map { byte in
                (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
        ]
        for _ in 1..<8 {
            let previous = tables[tables.count - 1]
            tables.append(previous.map { $0 >> 8 ^ tables[0][Int($0 & 0xFF)] })
        }
        return tables
    }()

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let tables = Self.tables
        return bytes.withUnsafeBytes { bytes in
            var crc: UInt32 = 0xFFFF_FFFF
            var at = 0
            while at + 8 <= bytes.count {
                let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) ^ crc
                let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
                crc = tables[7][Int(low & 0xFF)] ^ tables[6][Int(low >> 8 & 0xFF)]
                crc ^= tables[5][Int(low >> 16 & 0xFF)] ^ tables[4][Int(low >> 24)]
                crc ^= tables[3][Int(high & 0xFF)] ^ tables[2][Int(high >> 8 & 0xFF)]
                crc ^= tables[1][Int(high >> 16 & 0xFF)] ^ tables[0][Int(high >> 24)]
                at += 8
            }
            for byte in bytes[at...] { crc = crc >> 8 ^ tables[0][Int((crc ^ UInt32(byte)) & 0xFF)] }
            return ~crc
        }
    }
}
