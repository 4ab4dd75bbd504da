import JSON

/// The attributes of a haiku's item, as they are in DynamoDB's response.
struct HaikuItemAttributes {
    private(set) var id: JSONText?
    private(set) var username: JSONText?
    private(set) var first: JSONText?
    private(set) var second: JSONText?
    private(set) var third: JSONText?
    private(set) var likes: JSONText?
    private(set) var createdAt: JSONText?
    private(set) var postedAt: JSONText?

    /// The total size of the strings that are transcoded, in bytes.
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

    /// Reads a string or number attribute, `{"S":"…"}` or `{"N":"…"}`. Returns nil for other types.
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
