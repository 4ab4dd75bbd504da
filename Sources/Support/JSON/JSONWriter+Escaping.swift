extension JSONWriter {
    /// Appends `utf8` in quotation marks, with the escapes that RFC 8259, section 7, requires. Reserves the capacity first,
    /// then copies eight bytes at a time up to the next byte that needs an escape.
    mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
        // Two quotation marks, and up to eight bytes that the last copy may write beyond the end.
        append(addingCapacity: utf8.count + Escape.additionalBytes(in: utf8) + 10) { target in
            target.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
            let end = Escape.write(utf8, to: target + 1)
            end.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
            return end + 1
        }
    }
}

private enum Escape {
    /// How many bytes longer than `utf8` its escaped form is, at most.
    static func additionalBytes(in utf8: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var at = 0
        while at + 8 <= utf8.count {
            let word = utf8.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            count += EightBytes.quotesAndBackslashes(in: word).nonzeroBitCount
            // An escaped control character is at most six bytes long.
            count += 5 * EightBytes.controls(in: word).nonzeroBitCount
            at += 8
        }
        while at < utf8.count {
            count += utf8[at] < 0x20 ? 5 : utf8[at] == UInt8(ascii: "\"") || utf8[at] == UInt8(ascii: "\\") ? 1 : 0
            at += 1
        }
        return count
    }

    /// Writes the escaped form and returns its end. Up to eight bytes after the end may be overwritten.
    static func write(_ utf8: UnsafeRawBufferPointer, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var target = start
        var at = 0
        while at + 8 <= utf8.count {
            let word = utf8.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            target.storeBytes(of: word, as: UInt64.self)
            let found = EightBytes.quotesAndBackslashes(in: word) | EightBytes.controls(in: word)
            let plain = found.trailingZeroBitCount >> 3
            at += plain
            target += plain
            if found != 0 {
                target = write(utf8[at], to: target)
                at += 1
            }
        }
        while at < utf8.count {
            let byte = utf8[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                target = write(byte, to: target)
            } else {
                target.storeBytes(of: byte, as: UInt8.self)
                target += 1
            }
            at += 1
        }
        return target
    }

    /// Writes the escape of one byte and returns its end.
    @inline(__always)
    private static func write(_ byte: UInt8, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        target.storeBytes(of: UInt8(ascii: "\\"), as: UInt8.self)
        guard byte < 0x20 else {
            target.storeBytes(of: byte, toByteOffset: 1, as: UInt8.self)
            return target + 2
        }
        return writeControl(byte, to: target + 1)
    }

    private static func writeControl(_ byte: UInt8, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let escape: StaticString
        switch byte {
        case 0x08: escape = "b"
        case 0x09: escape = "t"
        case 0x0A: escape = "n"
        case 0x0C: escape = "f"
        case 0x0D: escape = "r"
        default: escape = byte < 0x10 ? "u000" : "u001"
        }
        target.copyMemory(from: escape.utf8Start, byteCount: escape.utf8CodeUnitCount)
        let end = target + escape.utf8CodeUnitCount
        guard escape.utf8CodeUnitCount > 1 else { return end }
        let digit = byte & 0xF
        end.storeBytes(of: digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10), as: UInt8.self)
        return end + 1
    }
}
