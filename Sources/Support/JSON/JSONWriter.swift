/// Writes JSON (RFC 8259) into a growing buffer and inserts the commas.
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
/// Only quotation marks, backslashes and control characters are escaped.
@usableFromInline
package struct JSONWriter {
    /// The text so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: The initial capacity, in bytes.
    package init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Containers

    /// Writes an object; `members` writes its members.
    @inlinable
    @inline(__always)
    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array; `elements` writes its elements.
    @inlinable
    @inline(__always)
    package mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes the key of a member; the value must be written next. The key must not need escaping.
    package mutating func key(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the key of a member; the value must be written next.
    package mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a key that a ``JSONReader`` has read, with the same escapes; the value must be written next.
    package mutating func key(_ key: JSONText) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    package mutating func string(_ value: String) {
        separate()
        var value = value
        value.withUTF8 { appendString(UnsafeRawBufferPointer($0)) }
        needsComma = true
    }

    /// Writes a string from bytes, which must be valid UTF-8.
    package mutating func string(utf8: [UInt8]) {
        utf8.withUnsafeBytes { string(utf8: $0) }
    }

    /// Writes a string from bytes, which must be valid UTF-8.
    package mutating func string(utf8: UnsafeRawBufferPointer) {
        separate()
        appendString(utf8)
        needsComma = true
    }

    /// Writes a string that a ``JSONReader`` has read, with the same escapes.
    package mutating func string(_ value: JSONText) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.escaped)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    package mutating func number(_ value: some BinaryInteger) {
        raw(String(value))
    }

    package mutating func number(_ value: JSONNumber) {
        raw(value.text)
    }

    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    package mutating func null() {
        raw("null")
    }

    /// Writes a value that is JSON already. It must be valid.
    package mutating func raw(_ json: UnsafeRawBufferPointer) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    package mutating func raw(_ json: [UInt8]) {
        json.withUnsafeBytes { raw($0) }
    }

    package mutating func raw(_ json: String) {
        var json = json
        json.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    // MARK: Members

    package mutating func member(_ key: StaticString, _ value: String) {
        self.key(key)
        string(value)
    }

    package mutating func member(_ key: StaticString, _ value: some BinaryInteger) {
        self.key(key)
        number(value)
    }

    package mutating func member(_ key: StaticString, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    // MARK: Helpers

    /// Appends up to `count` bytes that `write` writes, given their start; it returns their end.
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

    mutating func appendByte(_ byte: UInt8) {
        bytes.append(byte)
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
