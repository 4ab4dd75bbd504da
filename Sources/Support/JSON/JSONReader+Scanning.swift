import Encoding

// Scanners for strings, numbers and literals. Each starts at the first byte of its token and stops after the last.
extension JSONReader {
    mutating func scan(literal: StaticString) throws(JSONError) {
        let start = offset
        for index in 0..<literal.utf8CodeUnitCount {
            guard start + index < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
            guard bytes[start + index] == literal.utf8Start[index] else {
                throw JSONError(.unexpectedByte(bytes[start + index]), at: start + index)
            }
        }
        offset = start + literal.utf8CodeUnitCount
    }

    /// RFC 8259, section 6: `[ minus ] int [ frac ] [ exp ]`.
    mutating func scanNumber() throws(JSONError) -> Range<Int> {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if byte(at: offset) == UInt8(ascii: "0") {
            offset += 1
        } else {
            try scanDigits()
        }
        if byte(at: offset) == UInt8(ascii: ".") {
            offset += 1
            try scanDigits()
        }
        if let exponent = byte(at: offset), exponent | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if let sign = byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            try scanDigits()
        }
        return start..<offset
    }

    private mutating func scanDigits() throws(JSONError) {
        let start = offset
        while let digit = byte(at: offset), digit &- UInt8(ascii: "0") < 10 { offset += 1 }
        guard offset > start else { throw JSONError(.invalidNumber, at: offset) }
    }

    private func byte(at offset: Int) -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    /// RFC 8259, section 7, and for UTF-8 RFC 3629. Plain ASCII is scanned sixteen bytes at a time.
    mutating func scanString() throws(JSONError) -> JSONText {
        let start = offset + 1
        var at = start
        var hasEscapes = false
        let end = bytes.count
        defer { offset = at }
        while true {
            while at + 16 <= end {
                let special = SixteenBytes.special(bytes.sixteenBytes(at: at))
                if special.first != 0 {
                    at += special.first.trailingZeroBitCount >> 3
                    break
                }
                at += 8 + special.last.trailingZeroBitCount >> 3
                if special.last != 0 { break }
            }
            guard at < end else { throw JSONError(.unexpectedEnd, at: end) }
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
                at += 1
                return JSONText(escaped: text, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                // This is the most frequent escape in JSON within JSON.
                let isQuote = at + 1 < end && bytes[at + 1] == UInt8(ascii: "\"")
                at += isQuote ? 2 : try escapeLength(at: at)
            case 0..<0x20:
                throw JSONError(.controlCharacter, at: at)
            case 0x20..<0x80:
                at += 1
            default:
                // Non-ASCII characters occur in runs, so scan a whole run here.
                at += UTF8Sequence.lengthOfThreeByteRun(in: bytes, at: at)
                while at < end && bytes[at] >= 0x80 {
                    let length = UTF8Sequence.length(in: bytes, at: at)
                    guard length > 0 else { throw JSONError(.invalidUTF8, at: at) }
                    at += length
                }
            }
        }
    }

    private func escapeLength(at start: Int) throws(JSONError) -> Int {
        guard let escape = byte(at: start + 1) else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            switch try codeUnit(at: start + 2) {
            case 0xD800..<0xDC00:
                guard byte(at: start + 6) == UInt8(ascii: "\\"), byte(at: start + 7) == UInt8(ascii: "u"),
                    (0xDC00..<0xE000).contains(try codeUnit(at: start + 8))
                else { throw JSONError(.loneSurrogate, at: start) }
                return 12
            case 0xDC00..<0xE000: throw JSONError(.loneSurrogate, at: start)
            default: return 6
            }
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    private func codeUnit(at start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for index in start..<(start + 4) {
            guard let byte = byte(at: index) else { throw JSONError(.unexpectedEnd, at: bytes.count) }
            guard let digit = Hexadecimal.value(of: byte) else { throw JSONError(.invalidEscape, at: index) }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
