import Haiku
import JSON

/// The state of reading one shard of the feed, batch by batch.
struct ShardCursor {
    private enum Start {
        case newest
        /// After the key in this `LastEvaluatedKey`, which is JSON.
        case afterKey([UInt8])
        case after(id: String, postedAt: FeedTime)
    }

    let shard: Int
    private let bound: Bound
    /// Where the current batch began.
    private var batchStart: Start
    /// Where the next batch begins; nil if the shard has no more items.
    private var nextStart: Start?
    private var batch: ItemTranscoder?
    /// The number of haiku of the batch that were consumed.
    private var consumed = 0
    /// The id of the last haiku that was consumed in an earlier batch.
    private var lastIDOfEarlierBatch: String?
    /// The time of the next haiku if its batch was released.
    private var releasedHead: FeedTime?

    init(shard: Int, from position: FeedPosition?) {
        self.shard = shard
        bound = Bound(shard: shard, position: position)
        if let position, position.shard == shard, let id = position.id {
            batchStart = .after(id: id, postedAt: position.postedAt)
        } else {
            batchStart = .newest
        }
        nextStart = batchStart
    }

    /// The newest haiku that was not consumed yet; nil if the batch is consumed or was released.
    var next: ItemTranscoder.Entry? {
        guard let batch, consumed < batch.entries.count else { return nil }
        return batch.entries[consumed]
    }

    /// The time of the newest haiku that was not consumed yet; nil if none is known.
    var head: FeedTime? {
        releasedHead ?? next?.postedAt
    }

    /// Whether the batch is consumed and there may be another.
    var needsRefill: Bool {
        nextStart != nil && head == nil
    }

    /// A haiku of the current batch as JSON.
    func bytes(of haiku: ItemTranscoder.Entry) -> ArraySlice<UInt8> {
        batch?.json[haiku.json] ?? []
    }

    /// The id of the last haiku that was consumed.
    var lastID: String? {
        guard let batch, consumed > 0 else { return lastIDOfEarlierBatch }
        return batch.id(of: batch.entries[consumed - 1])
    }

    mutating func advance() {
        consumed += 1
    }

    mutating func refill(_ next: ItemTranscoder) {
        lastIDOfEarlierBatch = lastID
        if let nextStart { batchStart = nextStart }
        batch = next
        consumed = 0
        releasedHead = nil
        nextStart = next.lastEvaluatedKey.map { .afterKey($0) }
    }

    // MARK: Memory

    /// The memory that the current batch's JSON takes, in bytes.
    var batchBytes: Int { batch?.json.capacity ?? 0 }

    /// Releases the batch's memory, but keeps the time of its next haiku. When the merge reaches that time, ``reopen()``
    /// clears it, so that the shard needs a refill, which reads the haiku again.
    mutating func releaseBatch() {
        guard let batch, let next else { return }
        releasedHead = next.postedAt
        lastIDOfEarlierBatch = lastID
        if consumed > 0 {
            let last = batch.entries[consumed - 1]
            nextStart = .after(id: batch.id(of: last), postedAt: last.postedAt)
        } else {
            nextStart = batchStart
        }
        self.batch = nil
        consumed = 0
    }

    mutating func reopen() {
        releasedHead = nil
    }

    // MARK: Query

    /// The bound on the times of the shard's haiku.
    private enum Bound {
        case none
        /// Haiku newer than the position are excluded, so that one posted between two pages is on neither.
        case upTo(FeedTime)
        /// Earlier pages have shown the shard's haiku of that time.
        case before(FeedTime)

        init(shard: Int, position: FeedPosition?) {
            guard let position else {
                self = .none
                return
            }
            let isPassed = shard < position.shard || shard == position.shard && position.id == nil
            self = isPassed ? .before(position.postedAt) : .upTo(position.postedAt)
        }
    }

    func writeQuery(to writer: inout JSONWriter, limit: Int?) {
        writer.member("IndexName", HaikuTable.indexName)
        let (condition, time): (String, FeedTime?) =
            switch bound {
            case .none: ("feed = :feed", nil)
            case .upTo(let time): ("feed = :feed AND posted_at <= :at", time)
            case .before(let time): ("feed = :feed AND posted_at < :at", time)
            }
        writer.member("KeyConditionExpression", condition)
        writer.key("ExpressionAttributeValues")
        writer.object {
            $0.attribute(":feed", string: "\(shard)")
            if let time { $0.attribute(":at", number: time) }
        }
        writer.member("ScanIndexForward", false)
        if let limit { writer.member("Limit", limit) }
        switch nextStart {
        case .afterKey(let key):
            writer.key("ExclusiveStartKey")
            writer.raw(key)
        case .after(let id, let postedAt):
            writer.key("ExclusiveStartKey")
            writer.object {
                $0.attribute("feed", string: "\(shard)")
                $0.attribute("posted_at", number: postedAt)
                $0.attribute("item_id", string: id)
            }
        case .newest, nil: break
        }
    }
}
