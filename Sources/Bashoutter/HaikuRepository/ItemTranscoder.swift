internal import Haiku
internal import JSON

/// Turns items as DynamoDB writes them into haiku as the API writes them, in one pass over the bytes: strings are
/// checked and copied, escapes and all, never decoded.
///
/// An item that another tool wrote may lack attributes or have them of another type; the haiku then has `""`, or no
/// likes, so that it still has its seven keys.
struct ItemTranscoder {
    /// One haiku in ``json``.
    struct Entry {
        /// The whole object.
        let json: Range<Int>
        /// The inside of the string `item_id`, escaped as JSON.
        let id: Range<Int>
        /// The inside of the string `created_at`, escaped as JSON.
        let createdAt: Range<Int>
        /// When it was posted; 1970 when the item does not say.
        let postedAt: Timestamp
    }

    /// The haiku as JSON, one after the other, with nothing in between.
    private(set) var json: [UInt8] = []
    /// The haiku in the order of the reply's items.
    private(set) var entries: [Entry] = []
    /// The reply's `LastEvaluatedKey` as it stands there: JSON; nil when there is none.
    private(set) var lastEvaluatedKey: [UInt8]?

    private init() {}

    /// The string `item_id` of a haiku. An id that another tool gave may need its escapes resolved.
    func id(of entry: Entry) -> String {
        let quote = [UInt8(ascii: "\"")]
        return (try? JSONValue(parsing: quote + json[entry.id] + quote))?.string ?? ""
    }

    /// Transcodes the reply of a Query or Scan.
    init(_ reply: inout JSONReader) throws(JSONError) {
        json.reserveCapacity(reply.bytes.count)
        try reply.beginObject()
        while let key = try reply.nextKey() {
            switch key {
            case "Items":
                try reply.beginArray()
                while try reply.nextElement() { try transcodeItem(&reply) }
            case "LastEvaluatedKey":
                lastEvaluatedKey = Array(reply.bytes[try reply.skipValue()])
            default:
                try reply.skipValue()
            }
        }
    }

    /// The one haiku in the reply of a GetItem; nil when it has no item.
    static func item(in reply: inout JSONReader) throws(JSONError) -> [UInt8]? {
        var transcoder = ItemTranscoder()
        try reply.beginObject()
        while let key = try reply.nextKey() {
            if key == "Item" { try transcoder.transcodeItem(&reply) } else { try reply.skipValue() }
        }
        return transcoder.entries.isEmpty ? nil : transcoder.json
    }

    /// The number of likes in the reply of an UpdateItem that returns attributes; nil when it has none.
    static func likes(in reply: inout JSONReader) throws(JSONError) -> Int? {
        var likes: Int?
        try reply.beginObject()
        while let key = try reply.nextKey() {
            if key == "Attributes" {
                likes = try HaikuItemAttributes(&reply).likes?.int
            } else {
                try reply.skipValue()
            }
        }
        return likes
    }

    private mutating func transcodeItem(_ reader: inout JSONReader) throws(JSONError) {
        let fields = try HaikuItemAttributes(&reader)
        let start = json.count
        var id = start..<start
        var createdAt = start..<start
        json.append(addingCapacity: 128 + fields.size) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                var object = Output(buffer)
                object.append(#"{"item_id":""#)
                id = start + object.count..<start + object.append(fields.id)
                object.append(#"","username":""#)
                object.append(fields.username)
                object.append(#"","first":""#)
                object.append(fields.first)
                object.append(#"","second":""#)
                object.append(fields.second)
                object.append(#"","third":""#)
                object.append(fields.third)
                object.append(#"","likes":"#)
                if fields.likes?.int != nil { object.append(fields.likes) } else { object.append("0") }
                object.append(#","created_at":""#)
                createdAt = start + object.count..<start + object.append(fields.createdAt)
                object.append(#""}"#)
                written = object.count
            }
        }
        let postedAt = Timestamp(microseconds: fields.postedAt?.int.map(Int64.init) ?? 0)
        entries.append(Entry(json: start..<json.count, id: id, createdAt: createdAt, postedAt: postedAt))
    }

    /// Room for one object, filled piece by piece.
    private struct Output {
        private let buffer: UnsafeMutableRawBufferPointer
        private(set) var count = 0

        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
            self.buffer = UnsafeMutableRawBufferPointer(buffer)
        }

        mutating func append(_ piece: StaticString) {
            append(UnsafeRawBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
        }

        /// Appends the inside of a string, nothing for nil, and returns ``count``.
        @discardableResult
        mutating func append(_ text: JSONText?) -> Int {
            if let text { append(text.escaped) }
            return count
        }

        private mutating func append(_ bytes: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
            count += bytes.count
        }
    }
}

/// The attributes of an item that make up a haiku, as they stand in the reply.
struct HaikuItemAttributes {
    private(set) var id: JSONText?
    private(set) var username: JSONText?
    private(set) var first: JSONText?
    private(set) var second: JSONText?
    private(set) var third: JSONText?
    private(set) var likes: JSONText?
    private(set) var createdAt: JSONText?
    private(set) var postedAt: JSONText?

    /// How many bytes the strings have in all.
    var size: Int {
        [id, username, first, second, third, likes, createdAt].reduce(0) { $0 + ($1?.escaped.count ?? 0) }
    }

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "item_id": id = try Self.scalar(&reader)
            case "username": username = try Self.scalar(&reader)
            case "first": first = try Self.scalar(&reader)
            case "second": second = try Self.scalar(&reader)
            case "third": third = try Self.scalar(&reader)
            case "likes": likes = try Self.scalar(&reader)
            case "created_at": createdAt = try Self.scalar(&reader)
            case "posted_at": postedAt = try Self.scalar(&reader)
            default: try reader.skipValue()
            }
        }
    }

    /// The text of a string or number attribute, `{"S":"…"}` or `{"N":"…"}`; nil for the other types.
    private static func scalar(_ reader: inout JSONReader) throws(JSONError) -> JSONText? {
        if let (tag, text) = try reader.readTaggedText() {
            return tag == UInt8(ascii: "S") || tag == UInt8(ascii: "N") ? text : nil
        }
        var text: JSONText?
        try reader.beginObject()
        while let type = try reader.nextKey() {
            switch type {
            case "S", "N": text = try reader.readText()
            default: try reader.skipValue()
            }
        }
        return text
    }
}
