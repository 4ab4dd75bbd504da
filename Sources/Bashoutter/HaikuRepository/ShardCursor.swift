import Haiku
import JSON

/// Reads one shard of the feed, batch by batch.
struct ShardCursor {
    /// Where the next query begins.
    private enum Continuation {
        case fromStart
        /// After the key in this `LastEvaluatedKey`, which is JSON.
        case after([UInt8])
        /// The shard has no more items.
        case none
    }

    let shard: Int
    private let position: FeedPosition?
    private var continuation = Continuation.fromStart
    private var batch: ItemTranscoder?
    /// The number of haiku of the batch that were passed.
    private var passed = 0
    /// The last haiku of the batch before.
    private var lastOfPreviousBatch: (id: String, postedAt: Timestamp)?

    init(shard: Int, from position: FeedPosition?) {
        self.shard = shard
        self.position = position
    }

    /// The newest haiku that was not passed yet; nil if the batch is used up.
    var next: ItemTranscoder.Entry? {
        guard let batch, passed < batch.entries.count else { return nil }
        return batch.entries[passed]
    }

    /// The last haiku that was passed.
    var last: (id: String, postedAt: Timestamp)? {
        guard let batch, passed > 0 else { return lastOfPreviousBatch }
        let entry = batch.entries[passed - 1]
        return (batch.id(of: entry), entry.postedAt)
    }

    /// Whether the batch is used up and there may be another.
    var needsRefill: Bool {
        if case .none = continuation { false } else { passed >= batch?.entries.count ?? 0 }
    }

    /// A haiku of the current batch as JSON.
    func bytes(of haiku: ItemTranscoder.Entry) -> ArraySlice<UInt8> {
        batch?.json[haiku.json] ?? []
    }

    mutating func advance() {
        passed += 1
    }

    mutating func refill(_ next: ItemTranscoder) {
        lastOfPreviousBatch = last
        batch = next
        passed = 0
        continuation = next.lastEvaluatedKey.map { .after($0) } ?? .none
    }

    func writeQuery(to writer: inout JSONWriter, limit: Int?) {
        writer.member("IndexName", HaikuTable.indexName)
        // Haiku newer than the position are excluded, so that one posted between two pages is on neither.
        writer.member("KeyConditionExpression", position == nil ? "feed = :feed" : "feed = :feed AND posted_at <= :at")
        writer.key("ExpressionAttributeValues")
        writer.object {
            $0.attribute(":feed", string: "\(shard)")
            if let position { $0.attribute(":at", number: position.postedAt.microseconds) }
        }
        writer.member("ScanIndexForward", false)
        if let limit { writer.member("Limit", limit) }
        switch continuation {
        case .after(let key):
            writer.key("ExclusiveStartKey")
            writer.raw(key)
        case .fromStart:
            guard let position, let id = position.seen[shard] else { break }
            writer.key("ExclusiveStartKey")
            writer.object {
                $0.attribute("feed", string: "\(shard)")
                $0.attribute("posted_at", number: position.postedAt.microseconds)
                $0.attribute("item_id", string: id)
            }
        case .none: break
        }
    }
}
