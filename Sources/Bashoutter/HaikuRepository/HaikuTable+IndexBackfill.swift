internal import DynamoDB
internal import Haiku
internal import JSON

/// How far the adoption of items that other tools wrote has come.
public struct IndexBackfill: Equatable, Sendable {
    /// Items of the table that were looked at.
    public internal(set) var scanned = 0
    /// Items that were given what they lacked.
    public internal(set) var adopted = 0
    /// Those of them whose `created_at` is missing or no date: they stand at the end of the list.
    public internal(set) var undated = 0
}

extension HaikuTable {
    /// Gives every item that lacks `feed` or `posted_at` these attributes, which put it into the index.
    ///
    /// `posted_at` follows from `created_at`, with a fraction of a second that follows from the id where it has none, so
    /// that hardly any two are the same. Nothing else of an item is touched, and an item that has both attributes is
    /// not touched at all; so it is safe to repeat, to interrupt, and to do while the table is in use.
    ///
    /// - Parameters:
    ///   - timeout: How long one request may take, its retries included.
    ///   - onProgress: Is told how far it is after each page.
    /// - Throws: ``HaikuRepositoryError``. What is adopted by then stays so.
    public func backfillIndex(
        timeout: Duration = .seconds(30),
        onProgress: (IndexBackfill) -> Void = { _ in }
    ) async throws(HaikuRepositoryError) -> IndexBackfill {
        var progress = IndexBackfill()
        var start: [UInt8]?
        repeat {
            let page = try await unindexedItems(after: start, timeout: timeout)
            for outcome in try await adopt(page.unindexedItems, timeout: timeout) {
                progress.adopted += outcome.isAdopted ? 1 : 0
                progress.undated += outcome.isAdopted && outcome.isUndated ? 1 : 0
            }
            progress.scanned += page.scanned
            start = page.lastEvaluatedKey
            onProgress(progress)
        } while start != nil
        return progress
    }

    /// How many items are written at the same time.
    private static let updatesAtOnce = 8

    private func unindexedItems(after start: [UInt8]?, timeout: Duration) async throws(HaikuRepositoryError) -> UnindexedItemPage {
        do {
            return try await send(.scan, deadline: .now + timeout) {
                $0.member("FilterExpression", "attribute_not_exists(feed) OR attribute_not_exists(posted_at)")
                $0.member("ProjectionExpression", "item_id, created_at")
                if let start {
                    $0.key("ExclusiveStartKey")
                    $0.raw(start)
                }
            } reading: { reply throws(JSONError) in
                try UnindexedItemPage(&reply)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }

    private typealias Outcome = (isAdopted: Bool, isUndated: Bool)

    private func adopt(_ unindexedItems: [UnindexedItem], timeout: Duration) async throws(HaikuRepositoryError) -> [Outcome] {
        let results = await withTaskGroup(of: Result<Outcome, HaikuRepositoryError>.self) { group in
            var results: [Result<Outcome, HaikuRepositoryError>] = []
            var hasFailed = false
            for (index, unindexedItem) in unindexedItems.enumerated() where !hasFailed {
                if index >= Self.updatesAtOnce, let result = await group.next() {
                    results.append(result)
                    if case .failure = result { hasFailed = true }
                }
                group.addTask {
                    do throws(HaikuRepositoryError) {
                        return .success((try await adopt(unindexedItem, timeout: timeout), unindexedItem.postedAt == nil))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group { results.append(result) }
            return results
        }
        var outcomes: [Outcome] = []
        for result in results { outcomes.append(try result.get()) }
        return outcomes
    }

    /// Whether the item was still there and still lacked something.
    private func adopt(_ unindexedItem: UnindexedItem, timeout: Duration) async throws(HaikuRepositoryError) -> Bool {
        do {
            return try await send(.updateItem, deadline: .now + timeout) {
                $0.key("Key")
                $0.object { $0.attribute("item_id", string: unindexedItem.id) }
                $0.member(
                    "UpdateExpression",
                    "SET feed = if_not_exists(feed, :feed), posted_at = if_not_exists(posted_at, :at)"
                )
                // One that was deleted in the meantime must not come back as an item of nothing else.
                $0.member(
                    "ConditionExpression",
                    "attribute_exists(item_id) AND (attribute_not_exists(posted_at) OR attribute_not_exists(feed))"
                )
                $0.key("ExpressionAttributeValues")
                $0.object {
                    $0.attribute(":feed", string: "\(unindexedItem.shard(of: shards))")
                    $0.attribute(":at", number: unindexedItem.postedAt ?? 0)
                }
            } reading: { reply throws(JSONError) in
                try reply.skipValue()
                return true
            }
        } catch {
            // A retry whose first attempt was counted finds its own work, and counts nothing.
            guard error.isConditionalCheckFailed else { throw HaikuRepositoryError(error) }
            return error.attempts > 1
        }
    }
}

/// A page of a scan for items that lack something.
private struct UnindexedItemPage {
    private(set) var unindexedItems: [UnindexedItem] = []
    private(set) var scanned = 0
    private(set) var lastEvaluatedKey: [UInt8]?

    init(_ reply: inout JSONReader) throws(JSONError) {
        try reply.beginObject()
        while let key = try reply.nextKey() {
            switch key {
            case "Items":
                try reply.beginArray()
                while try reply.nextElement() {
                    let fields = try HaikuItemAttributes(&reply)
                    guard let id = fields.id?.string else { continue }
                    unindexedItems.append(UnindexedItem(id: id, createdAt: fields.createdAt?.string))
                }
            case "ScannedCount": scanned = try reply.readNumber().int ?? 0
            case "LastEvaluatedKey": lastEvaluatedKey = Array(reply.bytes[try reply.skipValue()])
            default: try reply.skipValue()
            }
        }
    }
}

/// An item that lacks something.
private struct UnindexedItem: Sendable {
    let id: String
    /// Microseconds since 1970; nil when `created_at` is missing or no date.
    let postedAt: Int64?

    init(id: String, createdAt: String?) {
        self.id = id
        postedAt = createdAt.flatMap { LenientTimestamp($0) }.map { time in
            time.microseconds + (time.hasFraction ? 0 : Int64(Self.hash(id) % 1_000_000))
        }
    }

    /// The shard that the API itself would have given it, as far as it could have made the id.
    func shard(of shards: FeedShards) -> Int {
        HaikuID(id)?.shard(of: shards) ?? Int(Self.hash(id) % UInt64(shards.count))
    }

    /// FNV-1a with 64 bits: the same everywhere and always, unlike Swift's own hashes.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
