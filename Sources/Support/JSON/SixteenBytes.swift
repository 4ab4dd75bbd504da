/// Classifies sixteen bytes at once, with vector instructions that every x86-64 and arm64 processor has.
///
/// In a result, all bits of a byte are set if the byte matches; all other bits are zero. The result is two words, the
/// first eight bytes and the last eight, because finding a bit is an operation on integers.
enum SixteenBytes {
    typealias Matches = (first: UInt64, last: UInt64)

    /// The bytes that must be escaped in a JSON string: quotation marks, backslashes and those below 0x20.
    @inline(__always)
    static func escaped(_ bytes: SIMD16<UInt8>) -> Matches {
        words(quotesAndBackslashes(bytes) .| (bytes .< SIMD16<UInt8>(repeating: 0x20)))
    }

    /// The bytes that end a run of plain ASCII in a JSON string: those of ``escaped(_:)``, and those outside ASCII.
    @inline(__always)
    static func special(_ bytes: SIMD16<UInt8>) -> Matches {
        // As signed integers, the bytes from 0x80 on are negative, so that one comparison finds both.
        let signed = unsafeBitCast(bytes, to: SIMD16<Int8>.self)
        return words(quotesAndBackslashes(bytes) .| (signed .< SIMD16<Int8>(repeating: 0x20)))
    }

    /// The number of bytes before the first backslash; 16 if there is none.
    @inline(__always)
    static func countBeforeBackslash(_ bytes: SIMD16<UInt8>) -> Int {
        let matches = words(bytes .== SIMD16<UInt8>(repeating: UInt8(ascii: "\\")))
        if matches.first != 0 { return matches.first.trailingZeroBitCount >> 3 }
        return 8 + matches.last.trailingZeroBitCount >> 3
    }

    // Vectors are compared with vectors: the compiler turns a comparison with a scalar into a loop.
    @inline(__always)
    private static func quotesAndBackslashes(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        let quotes = bytes .== SIMD16<UInt8>(repeating: UInt8(ascii: "\""))
        let backslashes = bytes .== SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
        return quotes .| backslashes
    }

    @inline(__always)
    private static func words(_ mask: SIMDMask<SIMD16<Int8>>) -> Matches {
        let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        return (UInt64(littleEndian: words[0]), UInt64(littleEndian: words[1]))
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func sixteenBytes(at offset: Int) -> SIMD16<UInt8> {
        loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    }
}
