import Haiku
import JSON

/// An item that lacks `feed` or `posted_at`, and therefore is not in the index.
struct UnindexedItem: Sendable {
    let id: String
    /// Microseconds since 1970.
    let postedAt: Int64
    /// Whether `created_at` is missing or not a date.
    let isUndated: Bool

    init(id: String, createdAt: String?) {
        self.id = id
        let hash = Self.hash(id)
        if let time = createdAt.flatMap({ LenientTimestamp($0) }) {
            postedAt = time.microseconds + (time.hasFraction ? 0 : Int64(hash % 1_000_000))
            isUndated = false
        } else {
            // 2^40 µs, the first 12.7 days of 1970: hardly any two items have the same time.
            postedAt = Int64(hash % (1 << 40))
            isUndated = true
        }
    }

    /// The shard that the API would have chosen for the id; one derived from a hash if the id is not one of the API's.
    func shard(of shards: FeedShards) -> Int {
        HaikuID(id)?.shard(of: shards) ?? Int(Self.hash(id) % UInt64(shards.count))
    }

    /// 64-bit FNV-1a. Unlike Swift's hash values, it is the same in every process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension UnindexedItem {
    /// A page of a Scan for unindexed items.
    struct Page {
        private(set) var items: [UnindexedItem] = []
        private(set) var scanned = 0
        private(set) var lastEvaluatedKey: [UInt8]?

        init(_ response: inout JSONReader) throws(JSONError) {
            try response.beginObject()
            while let key = try response.nextKey() {
                switch key {
                case "Items":
                    try response.beginArray()
                    while try response.nextElement() {
                        let attributes = try HaikuItemAttributes(&response)
                        guard let id = attributes.id?.string else { continue }
                        items.append(UnindexedItem(id: id, createdAt: attributes.createdAt?.string))
                    }
                case "ScannedCount": scanned = try response.readNumber().int ?? 0
                case "LastEvaluatedKey": lastEvaluatedKey = Array(response.bytes[try response.skipValue()])
                default: try response.skipValue()
                }
            }
        }
    }
}
