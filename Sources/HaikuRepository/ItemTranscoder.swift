internal import Haiku
internal import JSON

/// Turns items as DynamoDB writes them into haiku as the API writes them, in one pass over the bytes: strings are
/// checked and copied, escapes and all, never decoded.
///
/// An item that another tool wrote may lack attributes or have them of another type; the haiku then has `""`, or no
/// likes, so that it still has its seven keys.
struct ItemTranscoder {
    private struct Entry {
        let json: Range<Int>
        let id: Range<Int>
        let createdAt: Range<Int>
        let postedAt: Int64
    }

    private var json: [UInt8] = []
    private var entries: [Entry] = []
    /// The reply's `LastEvaluatedKey` as it stands there: JSON; nil when there is none.
    private(set) var lastEvaluatedKey: [UInt8]?

    private init() {}

    /// The haiku, in the order of the reply's items.
    var haiku: [TranscodedHaiku] {
        entries.map {
            TranscodedHaiku(
                json: json[$0.json],
                escapedID: json[$0.id],
                createdAt: json[$0.createdAt],
                postedAt: Timestamp(microseconds: $0.postedAt)
            )
        }
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
                likes = try ItemFields(&reply).likes.flatMap { Int($0.string) }
            } else {
                try reply.skipValue()
            }
        }
        return likes
    }

    private mutating func transcodeItem(_ reader: inout JSONReader) throws(JSONError) {
        let fields = try ItemFields(&reader)
        let start = json.count
        append(#"{"item_id":""#)
        let id = append(fields.id)
        append(#"","username":""#)
        append(fields.username)
        append(#"","first":""#)
        append(fields.first)
        append(#"","second":""#)
        append(fields.second)
        append(#"","third":""#)
        append(fields.third)
        append(#"","likes":"#)
        appendInteger(fields.likes)
        append(#","created_at":""#)
        let createdAt = append(fields.createdAt)
        append(#""}"#)
        let postedAt = fields.postedAt.flatMap { Int64($0.string) } ?? 0
        entries.append(Entry(json: start..<json.count, id: id, createdAt: createdAt, postedAt: postedAt))
    }

    private mutating func append(_ piece: StaticString) {
        json.append(contentsOf: UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
    }

    @discardableResult
    private mutating func append(_ text: JSONText?) -> Range<Int> {
        let start = json.count
        if let text { json.append(contentsOf: text.escaped) }
        return start..<json.count
    }

    private mutating func appendInteger(_ text: JSONText?) {
        if let text, !text.hasEscapes, Int(text.string) != nil {
            append(text)
        } else {
            append("0")
        }
    }
}

/// One haiku as the API writes it, with what orders it.
struct TranscodedHaiku {
    /// The whole object.
    let json: ArraySlice<UInt8>
    /// The inside of the string `item_id`, escaped as JSON.
    let escapedID: ArraySlice<UInt8>
    /// The inside of the string `created_at`, escaped as JSON.
    let createdAt: ArraySlice<UInt8>
    /// When it was posted; 1970 when the item does not say.
    let postedAt: Timestamp

    /// The string `item_id`. An id that another tool gave may need its escapes resolved.
    var id: String {
        let quote = [UInt8(ascii: "\"")]
        return (try? JSONValue(parsing: quote + escapedID + quote))?.string ?? ""
    }
}

/// The attributes of an item that make up a haiku, as they stand in the reply.
struct ItemFields {
    private(set) var id: JSONText?
    private(set) var username: JSONText?
    private(set) var first: JSONText?
    private(set) var second: JSONText?
    private(set) var third: JSONText?
    private(set) var likes: JSONText?
    private(set) var createdAt: JSONText?
    private(set) var postedAt: JSONText?

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
