/// A strict pull parser for JSON (RFC 8259), which builds no tree.
///
/// ```swift
/// try bytes.withUnsafeBytes { bytes in
///     var reader = JSONReader(bytes)
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         switch key {
///         case "first": first = try reader.readText().string
///         default: try reader.skipValue()
///         }
///     }
///     try reader.finish()
/// }
/// ```
///
/// Skipped values are validated like those that are read. All methods throw ``JSONError``; the reader must not be used
/// after an error.
///
/// - Important: The reader and every ``JSONText`` that it returns point into the bytes and must not outlive them.
package struct JSONReader {
    /// The whole text.
    package let bytes: UnsafeRawBufferPointer
    /// The position of the reader, in bytes.
    package internal(set) var offset = 0

    private let maximumDepth: Int
    private var depth = 0
    /// Whether the innermost array or object has a value already, so that a comma must precede the next.
    private(set) var isAfterValue = false

    /// - Parameters:
    ///   - bytes: The text, UTF-8.
    ///   - maximumDepth: Deeper nesting of arrays and objects is an error.
    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    // MARK: Structure

    /// Returns the kind of the next value, according to its first byte. Consumes only white space.
    package mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case let byte: throw JSONError(.unexpectedByte(byte), at: offset)
        }
    }

    /// Enters an object. Call ``nextKey()`` until it returns nil, reading or skipping one value after each key.
    package mutating func beginObject() throws(JSONError) {
        try begin(.object)
    }

    /// Returns the key of the object's next member, or leaves the object and returns nil if there is none.
    package mutating func nextKey() throws(JSONError) -> JSONText? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        guard bytes[offset] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(bytes[offset]), at: offset) }
        let key = try scanString()
        skipWhitespace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        guard bytes[offset] == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte(bytes[offset]), at: offset) }
        offset += 1
        return key
    }

    /// Enters an array. Call ``nextElement()`` until it returns false, reading or skipping one value each time.
    package mutating func beginArray() throws(JSONError) {
        try begin(.array)
    }

    /// Returns whether the array has another element, to be read next. Leaves the array if there is none.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    /// Checks that only white space follows the value.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard offset == bytes.count else { throw JSONError(.trailingBytes, at: offset) }
    }

    // MARK: Values

    /// Reads a string without copying or unescaping it.
    package mutating func readText() throws(JSONError) -> JSONText {
        try expect(.string)
        let text = try scanString()
        isAfterValue = true
        return text
    }

    package mutating func readString() throws(JSONError) -> String {
        try readText().string
    }

    /// Reads a number of any size.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        try expect(.number)
        let range = try scanNumber()
        isAfterValue = true
        return JSONNumber(unchecked: String(decoding: bytes[range], as: UTF8.self))
    }

    package mutating func readBool() throws(JSONError) -> Bool {
        try expect(.bool)
        let value = bytes[offset] == UInt8(ascii: "t")
        try scan(literal: value ? "true" : "false")
        isAfterValue = true
        return value
    }

    package mutating func readNull() throws(JSONError) {
        try expect(.null)
        try scan(literal: "null")
        isAfterValue = true
    }

    /// Consumes `null` and returns true, or consumes nothing and returns false if the next value is not `null`.
    package mutating func readNullIfPresent() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try readNull()
        return true
    }

    /// Skips a value of any kind and returns its range in ``bytes``.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = offset
        switch try peek() {
        case .string: _ = try scanString()
        case .number: _ = try scanNumber()
        case .bool: try scan(literal: bytes[offset] == UInt8(ascii: "t") ? "true" : "false")
        case .null: try scan(literal: "null")
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .object:
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        }
        isAfterValue = true
        return start..<offset
    }

    // MARK: Helpers

    /// Whether another array or object would exceed the maximum depth.
    var isTooDeepForMore: Bool { depth >= maximumDepth }

    mutating func passedValue(endingAt offset: Int) {
        self.offset = offset
        isAfterValue = true
    }

    private mutating func begin(_ kind: JSONKind) throws(JSONError) {
        try expect(kind)
        guard !isTooDeepForMore else { throw JSONError(.tooDeep, at: offset) }
        depth += 1
        offset += 1
        isAfterValue = false
    }

    /// Advances to the next member or element, or leaves the container and returns false at `closing`.
    private mutating func advance(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        if bytes[offset] == closing {
            offset += 1
            depth -= 1
            isAfterValue = true
            return false
        }
        guard isAfterValue else { return true }
        guard bytes[offset] == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte(bytes[offset]), at: offset) }
        offset += 1
        isAfterValue = false
        skipWhitespace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        guard bytes[offset] != closing else { throw JSONError(.unexpectedByte(closing), at: offset) }
        return true
    }

    private mutating func expect(_ kind: JSONKind) throws(JSONError) {
        guard try peek() == kind else { throw JSONError(.expected(kind), at: offset) }
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}
