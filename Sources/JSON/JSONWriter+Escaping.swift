extension JSONWriter {
    /// Appends `utf8` in quotation marks, escaping what RFC 8259, section 7, requires. What needs no escape is copied
    /// in runs, found eight bytes at a time.
    mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        var runStart = 0
        var at = 0
        while at < utf8.count {
            while at + 8 <= utf8.count, Unescaped.isUnescaped(utf8.loadUnaligned(fromByteOffset: at, as: UInt64.self)) {
                at += 8
            }
            guard at < utf8.count else { break }
            let byte = utf8[at]
            if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
                at += 1
                continue
            }
            append(utf8[runStart..<at])
            appendEscape(of: byte)
            at += 1
            runStart = at
        }
        append(utf8[runStart...])
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            for digit in [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"), UInt8(ascii: "0") + byte >> 4] {
                append(digit)
            }
            append(Array("0123456789abcdef".utf8)[Int(byte & 0xF)])
        }
    }
}

/// Eight bytes judged at once.
private enum Unescaped {
    /// Whether none of the eight bytes is a quotation mark, a backslash or a control character. Bytes beyond ASCII pass.
    @inline(__always)
    static func isUnescaped(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let found = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
        return found & 0x8080_8080_8080_8080 == 0
    }
}
