extension JSONReader {
    /// Reads an object with a one-letter key and a string, `{"S":"…"}`, in one step. DynamoDB's responses consist mainly of
    /// these.
    ///
    /// - Returns: The key and the string; nil, with nothing consumed, if the next value is anything else or contains white
    ///   space.
    package mutating func readTaggedText() throws(JSONError) -> (tag: UInt8, text: JSONText)? {
        let start = offset
        guard start + 8 <= bytes.count, !isTooDeepForMore else { return nil }
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        // {"_":" where _ is any byte.
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
