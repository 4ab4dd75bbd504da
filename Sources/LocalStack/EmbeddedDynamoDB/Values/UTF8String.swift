/// A string that is compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift's `String` compares by canonical equivalence ("é" as one scalar equals "é" as two); DynamoDB compares bytes.
struct UTF8String: Hashable, Comparable, Sendable {
    let string: String

    init(_ string: String) { self.string = string }

    var utf8: String.UTF8View { string.utf8 }

    func withUTF8<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        var copy = string
        return try copy.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }

    static func == (left: UTF8String, right: UTF8String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    static func < (left: UTF8String, right: UTF8String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

    func hash(into hasher: inout Hasher) { withUTF8 { hasher.combine(bytes: $0) } }
}

extension UTF8String: ExpressibleByStringLiteral, CustomStringConvertible {
    init(stringLiteral value: String) { self.init(value) }
    var description: String { string }
}
