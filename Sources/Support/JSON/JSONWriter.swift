/// Writes a JSON text (RFC 8259) into one growing buffer, minding the commas.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("TableName", "haiku")
///     $0.member("Limit", 30)
///     $0.key("Key")
///     $0.object { $0.member("item_id", id) }
/// }
/// send(writer.bytes)
/// ```
///
/// Strings are written as UTF-8; only quotation marks, backslashes and control characters are escaped.
public struct JSONWriter {
    /// What has been written so far: UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// A writer with room for `capacity` bytes before it has to grow.
    public init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Containers

    /// Writes an object whose members `members` writes.
    @inline(__always)
    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array whose elements `elements` writes.
    @inline(__always)
    public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes the key of the member whose value is written next.
    public mutating func key(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the key of the member whose value is written next.
    public mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// Writes a string.
    public mutating func string(_ value: String) {
        separate()
        var value = value
        value.withUTF8 { appendString(UnsafeRawBufferPointer($0)) }
        needsComma = true
    }

    /// Writes a string that is given as UTF-8. The caller answers for the bytes being well-formed.
    public mutating func string(utf8: [UInt8]) {
        utf8.withUnsafeBytes { string(utf8: $0) }
    }

    /// Writes a string that is given as UTF-8. The caller answers for the bytes being well-formed.
    public mutating func string(utf8: UnsafeRawBufferPointer) {
        separate()
        appendString(utf8)
        needsComma = true
    }

    /// Writes a string that a ``JSONReader`` has checked, escaped just as it was.
    public mutating func string(_ value: JSONText) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.escaped)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number.
    public mutating func number(_ value: some BinaryInteger) {
        raw(String(value).utf8)
    }

    /// Writes a number as it was read.
    public mutating func number(_ value: JSONNumber) {
        raw(value.text.utf8)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        raw(value ? "true".utf8 : "false".utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        raw("null".utf8)
    }

    /// Writes a value that is JSON already. The caller answers for it.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: Members

    /// Writes a member whose value is a string.
    public mutating func member(_ key: StaticString, _ value: String) {
        self.key(key)
        string(value)
    }

    /// Writes a member whose value is a whole number.
    public mutating func member(_ key: StaticString, _ value: some BinaryInteger) {
        self.key(key)
        number(value)
    }

    /// Writes a member whose value is true or false.
    public mutating func member(_ key: StaticString, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    // MARK: Pieces

    /// Makes room for `count` more bytes and has `write` write them: it gets their start and returns their end.
    mutating func append(
        addingCapacity count: Int,
        _ write: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
    ) {
        bytes.append(addingCapacity: count) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                written = write(start) - start
            }
        }
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    @usableFromInline
    mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }
}
