/// The header fields of a request. Names are case-insensitive (RFC 9110, section 5.1). If a field occurs more than
/// once, the subscript returns its first value.
package struct HeaderFields: Equatable, Sendable {
    private struct Field: Equatable {
        let name: String
        let value: String
    }

    // A function reads one of some twenty fields. Searching for it takes less time than hashing all names.
    private var fields: [Field] = []

    package init() {}

    mutating func append(name: String, value: String) {
        fields.append(Field(name: name, value: value))
    }

    package subscript(name: String) -> String? {
        fields.first { Self.isEqual($0.name, name) }?.value
    }

    /// Compares ASCII letters case-insensitively and other bytes exactly.
    private static func isEqual(_ one: String, _ other: String) -> Bool {
        guard one.utf8.count == other.utf8.count else { return false }
        return zip(one.utf8, other.utf8).allSatisfy { left, right in
            left == right || left ^ right == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left | 0x20)
        }
    }
}
