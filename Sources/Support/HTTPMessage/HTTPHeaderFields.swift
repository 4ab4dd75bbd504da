import Encoding
package import NIOCore

/// Header fields in order, stored as they are on the wire. Strings are created only for the fields that are read.
package struct HTTPHeaderFields: Sendable {
    /// The position of a field in ``lines``.
    private struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// `name: value\r\n` for each field.
    package private(set) var lines: [UInt8] = []
    private var fields: [Field] = []

    package init() {}

    package init(_ pairs: [(name: String, value: String)]) {
        fields.reserveCapacity(pairs.count)
        lines.reserveCapacity(pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
        for (name, value) in pairs { add(name: name, value: value) }
    }

    package mutating func add(name: String, value: String) {
        let start = lines.count
        lines.append(utf8: name)
        let nameEnd = lines.count
        lines.append(utf8: ": ")
        let valueStart = lines.count
        lines.append(utf8: value)
        fields.append(Field(name: start..<nameEnd, value: valueStart..<lines.count))
        lines.append(utf8: "\r\n")
    }

    /// The value of the first field with this name, case-insensitively (RFC 9110, section 5.1); nil if there is none.
    /// Invalid UTF-8 is replaced.
    package func first(name: String) -> String? {
        fields.first { hasName(name, $0) }.map { string($0.value) }
    }

    /// The values of all fields with this name, as in ``first(name:)``.
    package func values(of name: String) -> [String] {
        fields.filter { hasName(name, $0) }.map { string($0.value) }
    }

    /// Whether no field contains bytes, such as line breaks, that would change the structure of the message.
    package var isWellFormed: Bool {
        fields.allSatisfy { field in
            !field.name.isEmpty && Self.endOfName(in: lines.span, from: field.name.lowerBound) == field.name.upperBound
                && Self.endOfValue(in: lines.span, from: field.value.lowerBound) >= field.value.upperBound
        }
    }

    /// The end of the run of bytes from `start` on that may be part of a name.
    private static func endOfName(in bytes: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < bytes.count, isAllowedInName(bytes[end]) { end += 1 }
        return end
    }

    /// The end of the run of bytes from `start` on that may be part of a value.
    private static func endOfValue(in bytes: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end + 8 <= bytes.count,
            !hasControl(bytes.bytes.unsafeLoadUnaligned(fromByteOffset: end, as: UInt64.self))
        {
            end += 8
        }
        while end < bytes.count, isAllowedInValue(bytes[end]) { end += 1 }
        return end
    }

    /// Whether one of eight bytes is below 0x20 or equal to 0x7F.
    private static func hasControl(_ bytes: UInt64) -> Bool {
        // Subtracting sets the high bit of the first byte that is smaller than what is subtracted.
        let deletes = bytes ^ 0x7F7F_7F7F_7F7F_7F7F
        let small = (bytes &- 0x2020_2020_2020_2020) & ~bytes | (deletes &- 0x0101_0101_0101_0101) & ~deletes
        return small & 0x8080_8080_8080_8080 != 0
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

    private func hasName(_ name: String, _ field: Field) -> Bool {
        guard field.name.count == name.utf8.count else { return false }
        return name.withContiguousUTF8 { name in
            zip(field.name, name).allSatisfy { Self.isEqualIgnoringCase(lines[$0], $1) }
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
        String(decoding: lines[range], as: UTF8.self)
    }
}

extension HTTPHeaderFields {
    /// Parses lines of the form `name: value\r\n` (RFC 9112, section 5); nil if any line has another form. Folded lines,
    /// bare line feeds and white space before the colon are rejected, since implementations that interpret them
    /// differently enable request smuggling.
    package init?(parsing lines: ByteBuffer) {
        let copy = lines.withUnsafeReadableBytes { Array($0) }
        self.lines = copy
        let bytes = copy.span
        fields.reserveCapacity(12)
        var start = 0
        while start < bytes.count {
            let colon = Self.endOfName(in: bytes, from: start)
            guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
            let end = Self.endOfValue(in: bytes, from: colon + 1)
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
