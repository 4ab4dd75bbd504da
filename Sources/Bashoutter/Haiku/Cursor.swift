import Encoding

/// The position at which the next page of a list begins.
///
/// To clients it is opaque text, written by ``description`` and parsed by ``init(_:)``.
package enum Cursor: Hashable, Sendable {
    /// A position in the feed, newest first.
    case feed(FeedPosition)
    /// A position in the table itself, in the table's own order: after the item with this partition key.
    case table(after: String)
}

// The text is the hexadecimal form of one byte that identifies the case, followed by
//   1, feed:  posted_at (8 bytes), then for each shard seen: shard (2 bytes), length (2 bytes), the id in UTF-8
//   2, table: the partition key in UTF-8
// All integers are big-endian.
extension Cursor: CustomStringConvertible {
    /// Text that needs no escaping in a URL's query: lower-case hexadecimal digits.
    package var description: String {
        var bytes: [UInt8] = []
        switch self {
        case .feed(let position):
            bytes.append(1)
            bytes.append(bigEndian: position.postedAt.microseconds)
            for (shard, id) in position.seen.sorted(by: { $0.key < $1.key }) {
                bytes.append(bigEndian: UInt16(shard))
                bytes.append(bigEndian: UInt16(id.utf8.count))
                bytes += id.utf8
            }
        case .table(let key):
            bytes.append(2)
            bytes += key.utf8
        }
        return Hexadecimal.encode(bytes)
    }

    /// Parses what ``description`` writes. Returns nil for text of any other form; text of that form is accepted from
    /// whomever it comes, since a cursor grants nothing.
    package init?(_ text: String) {
        guard text.utf8.count <= 8192, let bytes = Hexadecimal.decode(lowercase: text), let form = bytes.first
        else { return nil }
        var rest = bytes.dropFirst()
        switch form {
        case 1:
            guard let microseconds: Int64 = rest.popBigEndian() else { return nil }
            var seen: [Int: String] = [:]
            while !rest.isEmpty {
                guard let shard: UInt16 = rest.popBigEndian(), let length: UInt16 = rest.popBigEndian(),
                    let id = rest.popString(utf8Count: Int(length)), !id.isEmpty, seen[Int(shard)] == nil
                else { return nil }
                seen[Int(shard)] = id
            }
            self = .feed(FeedPosition(postedAt: Timestamp(microseconds: microseconds), seen: seen))
        case 2:
            guard let key = rest.popString(utf8Count: rest.count), !key.isEmpty else { return nil }
            self = .table(after: key)
        default:
            return nil
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func popBigEndian<Integer: FixedWidthInteger>() -> Integer? {
        let size = Integer.bitWidth / 8
        guard count >= size else { return nil }
        defer { removeFirst(size) }
        return prefix(size).reduce(0) { $0 << 8 | Integer($1) }
    }

    /// DynamoDB rejects keys of more than 2,048 bytes. Rejecting them here makes the error a 400 instead of a 500.
    fileprivate mutating func popString(utf8Count: Int) -> String? {
        guard utf8Count <= 2048, count >= utf8Count else { return nil }
        defer { removeFirst(utf8Count) }
        return String(validating: prefix(utf8Count), as: UTF8.self)
    }
}
