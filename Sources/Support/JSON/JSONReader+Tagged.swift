extension JSONReader {
    /// Reads an object whose only member has a one-letter key and a string, `{"S":"…"}`, in one step: what DynamoDB's
    /// replies consist of.
    ///
    /// - Returns: The key and the string; nil, with nothing consumed, when something else comes next, or the same
    ///   written with white space.
    public mutating func readTaggedText() throws(JSONError) -> (tag: UInt8, text: JSONText)? {
        let start = offset
        guard start + 8 <= bytes.count, !isTooDeepForMore else { return nil }
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        // {"_":" with any letter for the underscore.
        guard word & 0xFFFF_FF00_FFFF == 0x223A_2200_227B else { return nil }
        let tag = UInt8(truncatingIfNeeded: word >> 16)
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(tag) else { return nil }
        offset = start + 5
        let text = try scanString()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "}") else {
            offset = start
            return nil
        }
        passedValue(endingAt: offset + 1)
        return (tag, text)
    }
}
