extension JSONReader {
    /// Reads an object whose only member has an upper-case letter as its key and a string as its value, `{"S":"…"}`, in
    /// one step. DynamoDB's responses consist mainly of these.
    ///
    /// - Returns: The key and the string; nil, with nothing consumed, if the next value is anything else or has white
    ///   space before a token.
    package mutating func readTaggedText() throws(JSONError) -> (tag: UInt8, text: JSONText)? {
        let start = offset
        guard start + 8 <= bytes.count, !isTooDeepForMore else { return nil }
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        // {"_":" where _ is any byte.
        guard word & 0xFFFF_FF00_FFFF == 0x223A_2200_227B else { return nil }
        let tag = UInt8(truncatingIfNeeded: word >> 16)
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(tag) else { return nil }
        guard let text = try taggedText(at: start + 5) else { return nil }
        return (tag, text)
    }

    /// Reads a member whose value is a tagged text, `"key":{"S":"…"}`, if it begins with the same bytes as an earlier one.
    ///
    /// Items of one DynamoDB response mostly have the same attributes in the same order. Comparing an attribute with that
    /// of the item before takes a fraction of the time of parsing and looking up its key.
    ///
    /// - Parameter head: The range of an earlier member from its key to the text's opening quotation mark; see
    ///   ``head(of:with:)``.
    /// - Returns: The text; nil, with nothing consumed, if the next member begins differently; read it with ``nextKey()``.
    package mutating func readTaggedMember(like head: Range<Int>) throws(JSONError) -> JSONText? {
        let start = isAfterValue ? offset + 1 : offset
        // The head is an earlier part of the same bytes, so that nothing outside them is read.
        guard head.lowerBound >= 0, head.count >= 8, head.upperBound <= start, start + head.count <= bytes.count,
            !isTooDeepForMore,
            !isAfterValue || bytes[offset] == UInt8(ascii: ","),
            bytes.isEqual(at: start, to: head)
        else { return nil }
        return try taggedText(at: start + head.count - 1)
    }

    /// The range that ``readTaggedMember(like:)`` compares, of a member whose value ``readTaggedText()`` has read. Both texts
    /// must be from this reader; nil if it has no bytes.
    package func head(of key: JSONText, with text: JSONText) -> Range<Int>? {
        guard let start = bytes.baseAddress, let key = key.escaped.baseAddress, let text = text.escaped.baseAddress
        else { return nil }
        return key - start - 1..<text - start
    }

    /// Reads the string that begins at `start` and the closing brace after it; returns nil, with nothing consumed, if
    /// something else follows.
    private mutating func taggedText(at start: Int) throws(JSONError) -> JSONText? {
        let previous = offset
        offset = start
        let text = try scanString()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "}") else {
            offset = previous
            return nil
        }
        passedValue(endingAt: offset + 1)
        return text
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes from `start` on equal those in `range`. There are at least eight, as in every `"":{"S":"`.
    @inline(__always)
    fileprivate func isEqual(at start: Int, to range: Range<Int>) -> Bool {
        guard let base = baseAddress else { return false }
        let left = base + start
        let right = base + range.lowerBound
        // The last two words may overlap.
        let last = range.count &- 8
        var index = 0
        while index < last {
            guard Self.word(left + index) == Self.word(right + index) else { return false }
            index &+= 8
        }
        return Self.word(left + last) == Self.word(right + last)
    }

    @inline(__always)
    private static func word(_ pointer: UnsafeRawPointer) -> UInt64 { pointer.loadUnaligned(as: UInt64.self) }
}
