extension JSONWriter {
    /// Appends `utf8` in quotation marks, with the escapes that RFC 8259, section 7, requires.
    mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
        appendByte(UInt8(ascii: "\""))
        // In blocks, so that reserving the worst case, six bytes for each, does not cost much memory.
        for start in stride(from: 0, to: utf8.count, by: 1024) {
            let block = UnsafeRawBufferPointer(rebasing: utf8[start..<min(start + 1024, utf8.count)])
            // The last copy may write up to eight bytes beyond the end.
            append(addingCapacity: 6 * block.count + 8) { Escape.write(block, to: $0) }
        }
        appendByte(UInt8(ascii: "\""))
    }
}

private enum Escape {
    /// Writes the escaped form and returns its end. Up to eight bytes after the end may be overwritten.
    static func write(_ utf8: UnsafeRawBufferPointer, to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var target = start
        var at = 0
        while at + 16 <= utf8.count {
            let escaped = SixteenBytes.escaped(utf8.sixteenBytes(at: at))
            target = write(utf8.eightBytes(at: at), escaping: escaped.first, to: target)
            target = write(utf8.eightBytes(at: at + 8), escaping: escaped.last, to: target)
            at += 16
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

    /// Writes eight bytes, with escapes for those whose bits are set in `escaped`, and returns the end.
    @inline(__always)
    private static func write(
        _ bytes: UInt64, escaping escaped: UInt64, to start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var (bytes, escaped, count, target) = (bytes, escaped, 8, start)
        while escaped != 0 {
            // Writes all bytes, and continues after those before the escape.
            target.storeBytes(of: bytes.littleEndian, as: UInt64.self)
            let plain = escaped.trailingZeroBitCount & ~7
            bytes &>>= UInt64(plain)
            escaped &>>= UInt64(plain)
            target = write(UInt8(truncatingIfNeeded: bytes), to: target + plain >> 3)
            bytes >>= 8
            escaped >>= 8
            count -= plain >> 3 + 1
        }
        target.storeBytes(of: bytes.littleEndian, as: UInt64.self)
        return target + count
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

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func eightBytes(at offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
