import DynamoDB
import Haiku
import JSON

extension HaikuTable {
    /// Reads a page of the feed from `position` on: one query for each shard, merged newest first.
    func feedPage(
        limit: Int?,
        from position: FeedPosition?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> HaikuPage {
        var shards = (0..<self.shards.count).map { ShardCursor(shard: $0, from: position) }
        // One haiku more than the page holds shows whether another page follows. Of many shards, each contributes about
        // its share.
        let batchSize = limit.map { shards.count == 1 ? $0 + 1 : $0 / shards.count + 4 }
        var room = PageLimit(limit: limit)
        var page = PageWriter(expecting: limit ?? 4096)
        var end: Timestamp?
        try await refill(&shards, batchSize: batchSize, deadline: deadline)
        while let (shard, next) = Self.newest(of: shards) {
            guard room.take(next.json.count) else {
                return page.finish(nextCursor: .feed(Self.position(at: end, in: shards, from: position)))
            }
            page.append(shards[shard].bytes(of: next))
            end = next.postedAt
            shards[shard].advance()
            if shards[shard].needsRefill { try await refill(&shards, batchSize: batchSize, deadline: deadline) }
        }
        return page.finish(nextCursor: nil)
    }

    /// The position after a page that began at `start` and whose last haiku was posted at `end`.
    private static func position(at end: Timestamp?, in shards: [ShardCursor], from start: FeedPosition?)
        -> FeedPosition
    {
        let end = end ?? Timestamp(microseconds: .max)
        var seen = start?.postedAt == end ? start?.seen ?? [:] : [:]
        for shard in shards {
            guard let last = shard.last, last.postedAt == end else { continue }
            seen[shard.shard] = last.id
        }
        return FeedPosition(postedAt: end, seen: seen)
    }

    /// Each concurrent query needs a connection of its own, whose TLS handshake costs a small function more time than
    /// waiting for one more response.
    private static let maximumConcurrentQueries = 4

    /// Queries the next batch of each shard that needs one.
    private func refill(
        _ shards: inout [ShardCursor],
        batchSize: Int?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) {
        while case let empty = shards.filter(\.needsRefill).prefix(Self.maximumConcurrentQueries),
            let first = empty.first
        {
            if empty.count == 1 {
                shards[first.shard].refill(try await nextBatch(of: first, size: batchSize, deadline: deadline))
                continue
            }
            let results = await withTaskGroup { group in
                for shard in empty {
                    group.addTask {
                        await Result { () async throws(HaikuRepositoryError) in
                            (shard.shard, try await nextBatch(of: shard, size: batchSize, deadline: deadline))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for result in results {
                let (shard, batch) = try result.get()
                shards[shard].refill(batch)
            }
        }
    }

    private func nextBatch(
        of shard: ShardCursor,
        size: Int?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> ItemTranscoder {
        try await items(.query, deadline: deadline) { shard.writeQuery(to: &$0, limit: size) }
    }

    private static func newest(of shards: [ShardCursor]) -> (shard: Int, haiku: ItemTranscoder.Entry)? {
        var newest: (shard: Int, haiku: ItemTranscoder.Entry)?
        for index in shards.indices {
            guard let next = shards[index].next else { continue }
            if let newest, newest.haiku.postedAt >= next.postedAt { continue }
            newest = (index, next)
        }
        return newest
    }
}

extension Result {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
