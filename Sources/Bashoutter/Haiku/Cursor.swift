import Encoding

/// The position at which the next page of a list begins.
///
/// To clients it is opaque text, written by ``description`` and parsed by ``init(_:)``.
package enum Cursor: Hashable, Sendable {
    /// The longest id for which the text of a cursor stays below 2,000 bytes, so that the `Link` header stays below 2,048.
    package static let maximumIDLength = 1400

    /// A position in the feed, newest first.
    case feed(FeedPosition)
    /// A position in the table itself, in the table's own order: after the item with this partition key.
    case table(after: String)
}

// The text is Base64 for URLs without padding (RFC 4648, section 5) of one byte that identifies the case, followed by
//   3, feed:  the shard (1 byte), posted_at, the id (empty for none)
//   4, table: the partition key
// The fields at the end are UTF-8 texts, each after its length (2 bytes, big-endian). Earlier versions wrote 1 and 2.
extension Cursor: CustomStringConvertible {
    /// Text that needs no escaping in a URL's query: letters, digits, `-` and `_`.
    package var description: String {
        var bytes: [UInt8] = []
        switch self {
        case .feed(let position):
            bytes += [3, UInt8(truncatingIfNeeded: position.shard)]
            bytes.append(text: "\(position.postedAt)")
            bytes.append(text: position.id ?? "")
        case .table(let key):
            bytes.append(4)
            bytes.append(text: key)
        }
        return Self.urlText(of: bytes)
    }

    /// Parses what ``description`` writes; returns nil if the text is malformed. Cursors are not authenticated, since they
    /// grant no access.
    package init?(_ text: String) {
        guard let bytes = Self.bytes(ofURLText: text), let form = bytes.first else { return nil }
        var rest = bytes.dropFirst()
        switch form {
        case 3:
            guard let shard = rest.popFirst(), let postedAt = rest.popText().flatMap({ FeedTime($0.utf8) }),
                let id = rest.popText(), rest.isEmpty
            else { return nil }
            self = .feed(FeedPosition(postedAt: postedAt, shard: Int(shard), id: id.isEmpty ? nil : id))
        case 4:
            guard let key = rest.popText(), !key.isEmpty, rest.isEmpty else { return nil }
            self = .table(after: key)
        default:
            return nil
        }
    }

    private static func urlText(of bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes).lazy.filter { $0 != UInt8(ascii: "=") }.map { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: character
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(ofURLText text: String) -> [UInt8]? {
        guard text.utf8.count <= 2048 else { return nil }
        var padded: [UInt8] = []
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "-"): padded.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): padded.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: padded.append(character)
            }
        }
        while !padded.count.isMultiple(of: 4) { padded.append(UInt8(ascii: "=")) }
        return try? Base64.decode(padded)
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: String) {
        let length = UInt16(truncatingIfNeeded: text.utf8.count)
        self += [UInt8(length >> 8), UInt8(length & 0xFF)]
        self += text.utf8
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func popText() -> String? {
        guard let high = popFirst(), let low = popFirst() else { return nil }
        let length = Int(high) << 8 | Int(low)
        guard count >= length else { return nil }
        defer { removeFirst(length) }
        return String(validating: prefix(length), as: UTF8.self)
    }
}
