/// Classifies eight bytes at once. In a result, the highest bit of a byte is set if the byte matches; all other bits are
/// zero.
enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The bytes that are a quotation mark or a backslash.
    @inline(__always)
    static func quotesAndBackslashes(in word: UInt64) -> UInt64 {
        zeros(in: word ^ (ones &* 0x22)) | zeros(in: word ^ (ones &* 0x5C))
    }

    /// The bytes below 0x20.
    @inline(__always)
    static func controls(in word: UInt64) -> UInt64 {
        // The addition does not carry into the next byte: 0x7F + 0x60 < 0x100.
        ~((word & ~highs) &+ (ones &* 0x60) | word) & highs
    }

    /// The bytes that end a run of plain ASCII in a JSON string: those above, and those outside ASCII.
    @inline(__always)
    static func special(in word: UInt64) -> UInt64 {
        quotesAndBackslashes(in: word) | controls(in: word) | word & highs
    }

    @inline(__always)
    private static func zeros(in word: UInt64) -> UInt64 {
        ~((word & ~highs) &+ ~highs | word) & highs
    }
}
