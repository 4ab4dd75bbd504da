import Haiku
import JSON

/// Transcodes items from DynamoDB's JSON to haiku in the API's JSON, in one pass over the bytes: strings are validated
/// and copied with their escapes, never decoded.
///
/// An item written by another tool may lack attributes or have attributes of other types. The haiku then has `""` or 0
/// likes in their place, so that it always has all seven keys.
struct ItemTranscoder {
    /// A haiku in ``json``.
    struct Entry {
        /// The whole object.
        let json: Range<Int>
        /// The contents of the string `item_id`, escaped as in JSON.
        let id: Range<Int>
        /// The contents of the string `created_at`, escaped as in JSON.
        let createdAt: Range<Int>
        /// 1970-01-01 if the item has no number as `posted_at`.
        let postedAt: FeedTime
    }

    /// The haiku as JSON objects, without separators.
    private(set) var json: [UInt8] = []
    /// The haiku, in the order of the response's items.
    private(set) var entries: [Entry] = []
    /// The response's `LastEvaluatedKey`, as JSON; nil if there is none.
    private(set) var lastEvaluatedKey: [UInt8]?
    private var order = AttributeOrder()

    /// About how many bytes an item takes in a response.
    private static let typicalItemSize = 300

    private init() {}

    /// The `item_id` of a haiku. An id chosen by another tool may contain escapes.
    func id(of entry: Entry) -> String {
        let quote = [UInt8(ascii: "\"")]
        return (try? JSONValue(parsing: quote + json[entry.id] + quote))?.string ?? ""
    }

    /// Transcodes the response to a Query or Scan.
    init(_ response: inout JSONReader) throws(JSONError) {
        json.reserveCapacity(response.bytes.count)
        entries.reserveCapacity(response.bytes.count / Self.typicalItemSize)
        try response.beginObject()
        while let key = try response.nextKey() {
            switch key {
            case "Items":
                try response.beginArray()
                while try response.nextElement() { try transcodeItem(&response) }
            case "LastEvaluatedKey":
                lastEvaluatedKey = Array(response.bytes[try response.skipValue()])
            default:
                try response.skipValue()
            }
        }
    }

    /// Transcodes the response to a GetItem. Returns nil if it has no item.
    static func item(in response: inout JSONReader) throws(JSONError) -> [UInt8]? {
        var transcoder = ItemTranscoder()
        try response.beginObject()
        while let key = try response.nextKey() {
            if key == "Item" { try transcoder.transcodeItem(&response) } else { try response.skipValue() }
        }
        return transcoder.entries.isEmpty ? nil : transcoder.json
    }

    /// Reads the number of likes from the response to an UpdateItem; nil if it has none.
    static func likes(in response: inout JSONReader) throws(JSONError) -> JSONNumber? {
        var likes: JSONNumber?
        try response.beginObject()
        while let key = try response.nextKey() {
            if key == "Attributes" {
                likes = try HaikuItemAttributes(&response).likes.flatMap { JSONNumber($0.string) }
            } else {
                try response.skipValue()
            }
        }
        return likes
    }

    /// Reads the number of likes from an item's JSON; nil if it has none.
    static func likes(ofItem item: [UInt8]) -> JSONNumber? {
        item.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return (try? HaikuItemAttributes(&reader))?.likes.flatMap { JSONNumber($0.string) }
        }
    }

    private mutating func transcodeItem(_ reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let attributes = try HaikuItemAttributes(&reader, in: &order)
        let start = json.count
        var id = start..<start
        var createdAt = start..<start
        // The texts are at most as long as the item; 128 is more than the object has besides.
        json.append(addingCapacity: 128 + reader.offset - offset) { span in
            span.withUnsafeMutableBufferPointer { buffer, written in
                guard let buffer = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                var object = Output(buffer)
                object.append(#"{"item_id":""#)
                id = start + object.count..<start + object.append(attributes.id)
                object.append(#"","username":""#)
                object.append(attributes.username)
                object.append(#"","first":""#)
                object.append(attributes.first)
                object.append(#"","second":""#)
                object.append(attributes.second)
                object.append(#"","third":""#)
                object.append(attributes.third)
                object.append(#"","likes":"#)
                if let likes = attributes.likes, likes.isJSONNumber {
                    object.append(likes)
                } else {
                    object.append("0")
                }
                object.append(#","created_at":""#)
                createdAt = start + object.count..<start + object.append(attributes.createdAt)
                object.append(#""}"#)
                written = object.count
            }
        }
        let postedAt = attributes.postedAt?.feedTime ?? FeedTime(microseconds: 0)
        entries.append(Entry(json: start..<json.count, id: id, createdAt: createdAt, postedAt: postedAt))
    }

    /// Appends to a buffer that has room for a whole object.
    private struct Output {
        private let start: UnsafeMutableRawPointer
        private(set) var count = 0

        init(_ start: UnsafeMutableRawPointer) {
            self.start = start
        }

        // Inlined, so that the length is a constant and the copy takes a few instructions instead of a call.
        @inline(__always)
        mutating func append(_ piece: StaticString) {
            (start + count).copyMemory(from: piece.utf8Start, byteCount: piece.utf8CodeUnitCount)
            count += piece.utf8CodeUnitCount
        }

        /// Appends the contents of a string, or nothing for nil, and returns ``count``.
        @discardableResult
        mutating func append(_ text: JSONText?) -> Int {
            if let text, let bytes = text.escaped.baseAddress {
                (start + count).copyMemory(from: bytes, byteCount: text.escaped.count)
                count += text.escaped.count
            }
            return count
        }
    }
}

extension JSONText {
    /// Whether it can be written as a JSON number as it is.
    fileprivate var isJSONNumber: Bool {
        // The fast path is for the numbers that the API writes. DynamoDB never writes leading zeros, which JSON forbids.
        int != nil || !hasEscapes && JSONNumber(string) != nil
    }

    /// The number, as a value of `posted_at`; nil if the text is not a number.
    fileprivate var feedTime: FeedTime? {
        if let int { return FeedTime(microseconds: Int64(int)) }
        return hasEscapes ? nil : FeedTime(escaped)
    }
}
