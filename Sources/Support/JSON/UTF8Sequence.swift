/// Well-formed UTF-8 (RFC 3629, section 4).
enum UTF8Sequence {
    /// The length of the well-formed sequence of two to four bytes at `at`; 0 if there is none.
    @inline(__always)
    static func length(in bytes: UnsafeRawBufferPointer, at: Int) -> Int {
        let lead = bytes[at]
        let left = bytes.count - at
        switch lead {
        case 0xC2...0xDF:
            return left >= 2 && isContinuation(bytes[at + 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(bytes[at + 2]) else { return 0 }
            let second = bytes[at + 1]
            switch lead {
            case 0xE0: return (0xA0...0xBF).contains(second) ? 3 : 0
            case 0xED: return (0x80...0x9F).contains(second) ? 3 : 0
            default: return isContinuation(second) ? 3 : 0
            }
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(bytes[at + 2]), isContinuation(bytes[at + 3]) else { return 0 }
            let second = bytes[at + 1]
            switch lead {
            case 0xF0: return (0x90...0xBF).contains(second) ? 4 : 0
            case 0xF4: return (0x80...0x8F).contains(second) ? 4 : 0
            default: return isContinuation(second) ? 4 : 0
            }
        default:
            return 0
        }
    }

    /// The length in bytes of the run of three-byte sequences from `at` on, such as Japanese text. The run may end early:
    /// at a character whose second byte has a special range, and close to the end of the bytes.
    @inline(__always)
    static func lengthOfThreeByteRun(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int {
        var at = start
        while at + 4 <= bytes.count {
            let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            // 1110xxxx 10xxxxxx 10xxxxxx, but not after 0xE0 or 0xED.
            guard word & 0xC0C0F0 == 0x8080E0, word & 0xF != 0, word & 0xF != 0xD else { break }
            at += 3
        }
        return at - start
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
