import Encoding
/// Where the next page of a list begins.
///
/// To clients it is opaque text; ``init(_:)`` takes back only what ``description`` gave out, or something of that form.
public enum Cursor: Hashable, Sendable {
    /// In the feed, newest first.
    case feed(FeedPosition)
    /// In the table itself, in its own order, behind the item with this partition key.
    case table(after: String)
}

/// A place in the feed, which is the merge of its shards, newest first.
///
/// Everything newer than ``postedAt`` has been seen. Of the haiku posted at that very microsecond, those of the shards
/// in ``seen`` have been seen up to the one named.
public struct FeedPosition: Hashable, Sendable {
    /// When the last haiku seen was posted.
    public let postedAt: Timestamp
    /// For each shard that had a haiku at ``postedAt`` on an earlier page, the id of the last one seen.
    public let seen: [Int: String]

    /// A place in the feed.
    public init(postedAt: Timestamp, seen: [Int: String]) {
        self.postedAt = postedAt
        self.seen = seen
    }
}

// The text is, in hexadecimal, a byte that names the form, then for
//   1, feed:  posted_at as 8 bytes, then for each shard seen: 2 bytes shard, 2 bytes length, the id's UTF-8
//   2, table: the partition key's UTF-8
// All integers are big-endian.
extension Cursor: CustomStringConvertible {
    /// The cursor as text for a URL's query: letters and digits.
    public var description: String {
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

    /// The cursor that `text` writes; nil when it is not of the form that ``description`` gives.
    public init?(_ text: String) {
        guard text.utf8.count <= 8192, let bytes = Hexadecimal.decode(lowercase: text), let form = bytes.first else { return nil }
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

    /// A key of DynamoDB's has at most 2,048 bytes; one that is longer is refused there, by an error that is not ours.
    fileprivate mutating func popString(utf8Count: Int) -> String? {
        guard utf8Count <= 2048, count >= utf8Count else { return nil }
        defer { removeFirst(utf8Count) }
        return String(validating: prefix(utf8Count), as: UTF8.self)
    }
}
