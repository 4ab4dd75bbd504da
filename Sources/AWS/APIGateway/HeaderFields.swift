/// The header fields of a request. Names are case-insensitive (RFC 9110, section 5.1). If a field occurs more than
/// once, the subscript returns its first value.
package struct HeaderFields: Equatable, Sendable {
    // A function reads one of some twenty fields. Searching for it takes less time than hashing all names.
    private let fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    package static func == (left: HeaderFields, right: HeaderFields) -> Bool {
        left.fields.elementsEqual(right.fields, by: ==)
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
