import Foundation

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
        left.utf8.count == right.utf8.count && left.order(before: right) == 0
    }

    static func < (left: UTF8String, right: UTF8String) -> Bool { left.order(before: right) < 0 }

    /// Negative if the string precedes `other`, zero if they are equal, otherwise positive.
    private func order(before other: UTF8String) -> Int {
        withUTF8 { left in
            other.withUTF8 { right in
                guard let start = left.baseAddress, let other = right.baseAddress else {
                    return left.count - right.count
                }
                let order = memcmp(start, other, min(left.count, right.count))
                return order == 0 ? left.count - right.count : Int(order)
            }
        }
    }

    func hash(into hasher: inout Hasher) { withUTF8 { hasher.combine(bytes: $0) } }
}

extension UTF8String: ExpressibleByStringLiteral, CustomStringConvertible {
    init(stringLiteral value: String) { self.init(value) }
    var description: String { string }
}
