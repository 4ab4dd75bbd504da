import DynamoDB
import Haiku
import JSON

extension HaikuTable {
    /// Reads a page of the feed from `position` on, with queries of every shard.
    func feedPage(
        limit: Int?,
        from position: FeedPosition?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> HaikuPage {
        var feed = Feed(shards, from: position)
        var room = PageLimit(limit: limit)
        var page = PageWriter(expecting: limit ?? 4096)
        try await refill(&feed, for: room, deadline: deadline)
        while let shard = feed.newest {
            guard let next = feed.shards[shard].next else {
                feed.reopen(shard)
                try await refill(&feed, for: room, deadline: deadline)
                continue
            }
            // A full page that has no position continues: its last id is too long for a cursor.
            if !room.take(next.json.count), let end = feed.position { return page.finish(nextCursor: .feed(end)) }
            page.append(feed.shards[shard].bytes(of: next))
            feed.advance(shard)
            guard feed.shards[shard].needsRefill else { continue }
            // If the page is full, it is enough to know that another haiku follows in some shard.
            if room.count == 0, feed.newest != nil, let end = feed.position {
                return page.finish(nextCursor: .feed(end))
            }
            try await refill(&feed, for: room, deadline: deadline)
        }
        return page.finish(nextCursor: nil)
    }

    /// Each concurrent query needs a connection of its own, whose TLS handshake costs a small function more time than
    /// waiting for one more response.
    private static let maximumConcurrentQueries = 4

    /// Queries the next batch of each shard that needs one.
    private func refill(
        _ feed: inout Feed,
        for room: PageLimit,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) {
        while case let empty = feed.shards.filter(\.needsRefill).prefix(Self.maximumConcurrentQueries),
            let first = empty.first
        {
            let size = feed.readAhead.batchSize(for: room, shards: shards.count)
            if empty.count == 1 {
                feed.refill(first.shard, with: try await nextBatch(of: first, size: size, deadline: deadline))
            } else {
                for result in await nextBatches(of: empty, size: size, deadline: deadline) {
                    let (shard, batch) = try result.get()
                    feed.refill(shard, with: batch)
                }
            }
            feed.releaseBatches()
        }
    }

    private func nextBatches(
        of shards: ArraySlice<ShardCursor>,
        size: Int?,
        deadline: ContinuousClock.Instant
    ) async -> [Result<(Int, ItemTranscoder), HaikuRepositoryError>] {
        await withTaskGroup { group in
            for shard in shards {
                group.addTask {
                    await Result { () async throws(HaikuRepositoryError) in
                        (shard.shard, try await nextBatch(of: shard, size: size, deadline: deadline))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func nextBatch(
        of shard: ShardCursor,
        size: Int?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> ItemTranscoder {
        try await items(.query, deadline: deadline) { shard.writeQuery(to: &$0, limit: size) }
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
