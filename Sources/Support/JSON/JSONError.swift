/// A violation of RFC 8259, or of the structure that the caller expected, and its position.
package struct JSONError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// The grammar does not allow this byte here.
        case unexpectedByte(UInt8)
        /// There is more than white space after the value.
        case trailingBytes
        /// A string contains an unescaped control character (U+0000 to U+001F).
        case controlCharacter
        /// A string contains a backslash that does not start an escape of RFC 8259, section 7.
        case invalidEscape
        /// A `\uD800`…`\uDFFF` escape that is not part of a surrogate pair.
        case loneSurrogate
        /// A string contains bytes that are not UTF-8.
        case invalidUTF8
        /// A number does not follow the grammar of RFC 8259, section 6.
        case invalidNumber
        /// Arrays and objects are nested deeper than the limit.
        case tooDeep
        /// The value has another kind.
        case expected(JSONKind)
    }

    package let reason: Reason
    /// In bytes from the start of the text.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedEnd: "unexpected end of the text"
        case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
        case .trailingBytes: "unexpected bytes after the value"
        case .controlCharacter: "unescaped control character in a string"
        case .invalidEscape: "invalid escape in a string"
        case .loneSurrogate: "lone surrogate in a string"
        case .invalidUTF8: "invalid UTF-8 in a string"
        case .invalidNumber: "invalid number"
        case .tooDeep: "nesting too deep"
        case .expected(let kind): "expected \(kind)"
        }
    }
}
