/// Why a text is not JSON as RFC 8259 defines it, or not the JSON that its reader expected, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// What was found.
    public enum Reason: Equatable, Sendable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that no rule of the grammar allows at this place.
        case unexpectedByte(UInt8)
        /// There is more than white space after the value.
        case trailingBytes
        /// A string holds an unescaped control character (U+0000 to U+001F).
        case controlCharacter
        /// A string holds a backslash that starts none of the escapes of RFC 8259, section 7.
        case invalidEscape
        /// A `\uD800`…`\uDFFF` escape that is not part of a surrogate pair.
        case loneSurrogate
        /// A string holds bytes that are not UTF-8.
        case invalidUTF8
        /// A number does not follow the grammar of RFC 8259, section 6.
        case invalidNumber
        /// Arrays and objects are nested deeper than the reader allows.
        case tooDeep
        /// The value is of another kind than the one that was asked for.
        case expected(JSONKind)
    }

    /// What was found.
    public let reason: Reason
    /// Where: bytes from the start of the text.
    public let offset: Int

    /// Says that `reason` was met `offset` bytes from the start of the text.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason in words and the offset, for logs and for people.
    public var description: String { "\(reason.words) at byte \(offset)" }
}

extension JSONError.Reason {
    var words: String {
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
        case .expected(let kind): "expected \(kind.words)"
        }
    }
}
