/// Reads a JSON text (RFC 8259) value by value, strictly, without building a tree.
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
/// Everything that is passed over is checked as carefully as what is read. Each method throws ``JSONError``. After an
/// error the reader must not be used again.
///
/// - Important: The reader points into the bytes it was made over; it and every ``JSONText`` it returns must not
///   outlive them.
public struct JSONReader {
    /// The whole text.
    public let bytes: UnsafeRawBufferPointer
    /// Where the reader stands: bytes from the start of the text.
    public internal(set) var offset = 0

    private let maximumDepth: Int
    private var depth = 0
    /// Whether the innermost array or object has had a value, so that a comma must come before the next.
    private var isAfterValue = false

    /// A reader of the text in `bytes`, UTF-8, that refuses arrays and objects nested deeper than `maximumDepth`.
    public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    // MARK: Structure

    /// The kind of the value that comes next, judged by its first byte. Nothing is consumed but white space.
    public mutating func peek() throws(JSONError) -> JSONKind {
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
    public mutating func beginObject() throws(JSONError) {
        try begin(.object)
    }

    /// The key of the object's next member; nil, and the object is left, when there is none.
    public mutating func nextKey() throws(JSONError) -> JSONText? {
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
    public mutating func beginArray() throws(JSONError) {
        try begin(.array)
    }

    /// Whether the array has another element, which then comes next; the array is left when there is none.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    /// Checks that nothing but white space follows the value.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard offset == bytes.count else { throw JSONError(.trailingBytes, at: offset) }
    }

    // MARK: Values

    /// Reads a string, checked but neither copied nor unescaped.
    public mutating func readText() throws(JSONError) -> JSONText {
        try expect(.string)
        let text = try scanString()
        isAfterValue = true
        return text
    }

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        try readText().string
    }

    /// Reads a number and returns it as it is written, without judging its size.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        try expect(.number)
        let range = try scanNumber()
        isAfterValue = true
        return JSONNumber(unchecked: String(decoding: bytes[range], as: UTF8.self))
    }

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        try expect(.bool)
        let value = bytes[offset] == UInt8(ascii: "t")
        try scan(literal: value ? "true" : "false")
        isAfterValue = true
        return value
    }

    /// Reads `null`.
    public mutating func readNull() throws(JSONError) {
        try expect(.null)
        try scan(literal: "null")
        isAfterValue = true
    }

    /// Consumes `null` and returns true, or leaves a value of another kind where it is and returns false.
    public mutating func readNullIfPresent() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try readNull()
        return true
    }

    /// Passes over a value of any kind, checking it, and returns where it stands in ``bytes``.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
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

    // MARK: Pieces

    /// Whether no further array or object may begin here.
    var isTooDeepForMore: Bool { depth >= maximumDepth }

    /// Notes that a whole value has been read.
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

    /// Steps to the next member or element; leaves the container and returns false at `closing`.
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
