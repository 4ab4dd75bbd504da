import Haiku

/// The shards of the feed, merged newest first. Of equal times, the shard with the smaller number comes first, so that
/// one shard and one id suffice as the position of the next page.
struct Feed {
    /// The limit on the bytes of all batches. Large items, written by other tools, would otherwise exceed the memory of a
    /// small function: an item may have 400 KB, and each shard has at least one in its batch.
    private static let maximumBatchBytes = 4 << 20

    private(set) var shards: [ShardCursor]
    private(set) var readAhead = ReadAhead()
    private var last: (shard: Int, postedAt: FeedTime)?

    init(_ shards: FeedShards, from position: FeedPosition?) {
        self.shards = (0..<shards.count).map { ShardCursor(shard: $0, from: position) }
    }

    /// The shard of the next haiku; nil if no shard has one.
    var newest: Int? {
        var newest: (shard: Int, head: FeedTime)?
        for index in shards.indices {
            guard let head = shards[index].head else { continue }
            if let newest, newest.head >= head { continue }
            newest = (index, head)
        }
        return newest?.shard
    }

    /// The position after the last consumed haiku; nil if there is none, or if its id is too long for a cursor and the
    /// shard's next haiku has, or may have, the same time.
    var position: FeedPosition? {
        guard let last else { return nil }
        let shard = shards[last.shard]
        if let id = shard.lastID, id.utf8.count <= Cursor.maximumIDLength {
            return FeedPosition(postedAt: last.postedAt, shard: last.shard, id: id)
        }
        guard !shard.needsRefill, shard.head != last.postedAt else { return nil }
        return FeedPosition(postedAt: last.postedAt, shard: last.shard, id: nil)
    }

    /// Consumes the next haiku of a shard.
    mutating func advance(_ shard: Int) {
        guard let next = shards[shard].next else { return }
        last = (shard, next.postedAt)
        shards[shard].advance()
    }

    /// Makes a shard whose batch was released need a refill.
    mutating func reopen(_ shard: Int) {
        shards[shard].reopen()
    }

    mutating func refill(_ shard: Int, with batch: ItemTranscoder) {
        shards[shard].refill(batch)
        readAhead.record(batch)
    }

    /// Releases the batches that are needed last, if they are too large together.
    mutating func releaseBatches() {
        var bytes = shards.reduce(0) { $0 + $1.batchBytes }
        guard bytes > Self.maximumBatchBytes else { return }
        let oldestFirst = shards.indices
            .compactMap { shard in shards[shard].head.map { (shard: shard, head: $0) } }
            .sorted { ($0.head, $1.shard) < ($1.head, $0.shard) }
        for (shard, _) in oldestFirst.dropLast() where bytes > Self.maximumBatchBytes {
            bytes -= shards[shard].batchBytes
            shards[shard].releaseBatch()
        }
    }
}
