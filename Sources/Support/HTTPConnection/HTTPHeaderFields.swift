package import NIOCore

/// Header fields in order, stored as they are on the wire. Strings are created only for the fields that are read.
package struct HTTPHeaderFields: Sendable {
    /// The position of a field in ``lines``, relative to the first readable byte.
    private struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// `name: value\r\n` for each field.
    package private(set) var lines = ByteBuffer()
    private var fields: [Field] = []

    package init() {}

    package init(_ pairs: [(name: String, value: String)]) {
        fields.reserveCapacity(pairs.count)
        for (name, value) in pairs { add(name: name, value: value) }
    }

    package mutating func add(name: String, value: String) {
        let start = lines.readableBytes
        let nameEnd = start + lines.writeString(name)
        lines.writeStaticString(": ")
        let valueEnd = nameEnd + 2 + lines.writeString(value)
        lines.writeStaticString("\r\n")
        fields.append(Field(name: start..<nameEnd, value: nameEnd + 2..<valueEnd))
    }

    /// The value of the first field with this name, case-insensitively (RFC 9110, section 5.1); nil if there is none.
    /// Invalid UTF-8 is replaced.
    package func first(name: String) -> String? {
        let bytes = lines.readableBytesUInt8Span
        for field in fields where Self.isEqual(bytes.extracting(field.name), name) {
            return lines.getString(at: lines.readerIndex + field.value.lowerBound, length: field.value.count)
        }
        return nil
    }

    /// The values of all fields with this name, as in ``first(name:)``.
    package func values(of name: String) -> [String] {
        let bytes = lines.readableBytesUInt8Span
        var values: [String] = []
        for field in fields where Self.isEqual(bytes.extracting(field.name), name) {
            values.append(string(field.value))
        }
        return values
    }

    /// Whether no field contains bytes, such as line breaks, that would change the structure of the message.
    package var isWellFormed: Bool {
        let bytes = lines.readableBytesUInt8Span
        return fields.allSatisfy { field in
            !field.name.isEmpty && field.name.allSatisfy { Self.isAllowedInName(bytes[$0]) }
                && field.value.allSatisfy { Self.isAllowedInValue(bytes[$0]) }
        }
    }

    /// RFC 9110, section 5.6.2: a token.
    package static func isAllowedInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: "\""),
            UInt8(ascii: ":")...UInt8(ascii: "@"), UInt8(ascii: "[")...UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            false
        default:
            byte > 0x20 && byte < 0x7F
        }
    }

    /// RFC 9110, section 5.5: visible characters, bytes outside ASCII, space and tab.
    package static func isAllowedInValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    private static func isEqual(_ bytes: Span<UInt8>, _ name: String) -> Bool {
        guard bytes.count == name.utf8.count else { return false }
        return name.withContiguousUTF8 { name in
            name.indices.allSatisfy { isEqualIgnoringCase(bytes[$0], name[$0]) }
        }
    }

    /// Compares ASCII letters case-insensitively and other bytes exactly.
    private static func isEqualIgnoringCase(_ one: UInt8, _ other: UInt8) -> Bool {
        if one == other { return true }
        guard one ^ other == 0x20 else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(one | 0x20)
    }
}

extension HTTPHeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }
}

extension HTTPHeaderFields: Sequence {
    package func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        fields.lazy.map { (name: string($0.name), value: string($0.value)) }.makeIterator()
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: lines.readableBytesView.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }
}

extension HTTPHeaderFields {
    /// Parses lines of the form `name: value\r\n` (RFC 9112, section 5); nil if any line has another form. Folded lines,
    /// bare line feeds and white space before the colon are rejected, since implementations that interpret them
    /// differently enable request smuggling.
    package init?(parsing lines: ByteBuffer) {
        let bytes = lines.readableBytesUInt8Span
        self.lines = lines
        fields.reserveCapacity(12)
        var start = 0
        while start < bytes.count {
            var colon = start
            while colon < bytes.count, Self.isAllowedInName(bytes[colon]) { colon += 1 }
            guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
            var end = colon + 1
            while end < bytes.count, Self.isAllowedInValue(bytes[end]) { end += 1 }
            guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[end + 1] == UInt8(ascii: "\n") else {
                return nil
            }
            fields.append(Field(name: start..<colon, value: Self.trim(colon + 1..<end, in: bytes)))
            start = end + 2
        }
    }

    /// Removes the optional white space around a value.
    private static func trim(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}

extension HTTPHeaderFields {
    /// The value of the first field with this name. Setting it replaces all fields with this name.
    package subscript(name: String) -> String? {
        get { first(name: name) }
        set {
            if first(name: name) != nil {
                let lowercased = name.lowercased()
                self = HTTPHeaderFields(filter { $0.name.lowercased() != lowercased })
            }
            if let newValue { add(name: name, value: newValue) }
        }
    }
}

extension String {
    /// Calls `body` with the string's bytes as a buffer, which is several times faster to iterate than the UTF-8 view.
    func withContiguousUTF8<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        if let value = utf8.withContiguousStorageIfAvailable(body) { return value }
        return Array(utf8).withUnsafeBufferPointer(body)
    }
}
