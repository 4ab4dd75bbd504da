internal import DynamoDB
internal import Haiku
internal import JSON

extension HaikuTable {
    /// A page of the feed: the merge of one query a shard, newest first, from `position` on.
    func feedPage(
        limit: Int?,
        from position: FeedPosition?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> HaikuPage {
        var shards = (0..<self.shards.count).map { ShardCursor(shard: $0, from: position) }
        // One haiku more than asked tells whether a further page follows. With many shards each has about its share.
        let batch = limit.map { shards.count == 1 ? $0 + 1 : $0 / shards.count + 4 }
        var budget = PageLimit(limit: limit)
        var page = PageWriter()
        var end: Timestamp?
        try await fill(&shards, batch: batch, deadline: deadline)
        while let (shard, next) = Self.newest(of: shards) {
            guard budget.take(next.json.count) else {
                return page.finish(next: .feed(Self.position(at: end, in: shards, from: position)))
            }
            page.append(shards[shard].bytes(of: next))
            end = next.postedAt
            shards[shard].advance()
            if shards[shard].needsRefill { try await fill(&shards, batch: batch, deadline: deadline) }
        }
        return page.finish(next: nil)
    }

    /// The place behind a page that began at `start` and whose last haiku was posted at `end`.
    private static func position(at end: Timestamp?, in shards: [ShardCursor], from start: FeedPosition?) -> FeedPosition {
        let end = end ?? Timestamp(microseconds: .max)
        var seen = start?.postedAt == end ? start?.seen ?? [:] : [:]
        for shard in shards {
            guard let last = shard.last, last.postedAt == end else { continue }
            seen[shard.shard] = last.id
        }
        return FeedPosition(postedAt: end, seen: seen)
    }

    /// How many queries run at the same time. Each needs a connection of its own, whose TLS handshake costs a small
    /// function more than waiting for one answer more.
    private static let queriesAtOnce = 4

    /// Asks each shard that has run dry for its next items; those that are at their end stay empty.
    private func fill(
        _ shards: inout [ShardCursor],
        batch: Int?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) {
        while case let dry = shards.filter(\.needsRefill).prefix(Self.queriesAtOnce), let first = dry.first {
            if dry.count == 1 {
                shards[first.shard].take(try await nextItems(of: first, batch: batch, deadline: deadline))
                continue
            }
            let replies = await withTaskGroup { group in
                for shard in dry {
                    group.addTask {
                        await Result { () async throws(HaikuRepositoryError) in
                            (shard.shard, try await nextItems(of: shard, batch: batch, deadline: deadline))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for reply in replies {
                let (shard, items) = try reply.get()
                shards[shard].take(items)
            }
        }
    }

    private func nextItems(
        of shard: ShardCursor,
        batch: Int?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> ItemTranscoder {
        try await items(.query, deadline: deadline) { shard.writeQuery(to: &$0, limit: batch) }
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

/// One shard of the feed, read batch by batch.
struct ShardCursor {
    private enum More {
        case fromStart
        case after([UInt8])
        case none
    }

    let shard: Int
    private let position: FeedPosition?
    private var more = More.fromStart
    private var batch: ItemTranscoder?
    /// How many haiku of the batch have been passed.
    private var passed = 0
    /// The last haiku of the batches before.
    private var lastBefore: (id: String, postedAt: Timestamp)?

    init(shard: Int, from position: FeedPosition?) {
        self.shard = shard
        self.position = position
    }

    /// The newest haiku not yet passed; nil when the batch at hand is used up.
    var next: ItemTranscoder.Entry? {
        guard let batch, passed < batch.entries.count else { return nil }
        return batch.entries[passed]
    }

    /// The last haiku that was passed.
    var last: (id: String, postedAt: Timestamp)? {
        guard let batch, passed > 0 else { return lastBefore }
        let entry = batch.entries[passed - 1]
        return (batch.id(of: entry), entry.postedAt)
    }

    /// Whether the batch at hand is used up and there may be another.
    var needsRefill: Bool {
        if case .none = more { false } else { passed >= batch?.entries.count ?? 0 }
    }

    /// A haiku of the batch at hand as JSON.
    func bytes(of haiku: ItemTranscoder.Entry) -> ArraySlice<UInt8> {
        batch?.json[haiku.json] ?? []
    }

    mutating func advance() {
        passed += 1
    }

    mutating func take(_ reply: ItemTranscoder) {
        lastBefore = last
        batch = reply
        passed = 0
        more = reply.lastEvaluatedKey.map { .after($0) } ?? .none
    }

    func writeQuery(to writer: inout JSONWriter, limit: Int?) {
        writer.member("IndexName", HaikuTable.index)
        // Nothing newer than the position is shown, so that what is posted between two pages is on neither.
        writer.member("KeyConditionExpression", position == nil ? "feed = :feed" : "feed = :feed AND posted_at <= :at")
        writer.key("ExpressionAttributeValues")
        writer.object {
            $0.attribute(":feed", string: "\(shard)")
            if let position { $0.attribute(":at", number: position.postedAt.microseconds) }
        }
        writer.member("ScanIndexForward", false)
        if let limit { writer.member("Limit", limit) }
        switch more {
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
