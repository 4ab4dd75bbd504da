import DynamoDB
import Haiku
import JSON

extension HaikuTable {
    /// Adds the index attributes `feed` and `posted_at` to items written by other tools.
    ///
    /// `posted_at` is derived from `created_at`. If that has no fraction of a second, the fraction is derived from the
    /// id, so that hardly any two items have the same `posted_at`; if it is not a date, the whole time is. Nothing else of
    /// an item is changed, and an item that has both attributes is not written. It is therefore safe to repeat the
    /// backfill, to interrupt it, and to run it while the table is in use.
    ///
    /// - Parameters:
    ///   - timeout: The limit for one request, including its retries.
    ///   - onProgress: Called after each page.
    /// - Throws: ``HaikuRepositoryError``. Items that were indexed before it stay indexed.
    package func backfillIndex(
        timeout: Duration = .seconds(30),
        onProgress: (IndexBackfill) -> Void = { _ in }
    ) async throws(HaikuRepositoryError) -> IndexBackfill {
        var progress = IndexBackfill()
        var start: [UInt8]?
        repeat {
            let page = try await unindexedItems(after: start, timeout: timeout)
            for outcome in try await addIndexAttributes(to: page.items, timeout: timeout) {
                progress.indexed += outcome.isIndexed ? 1 : 0
                progress.undated += outcome.isIndexed && outcome.isUndated ? 1 : 0
            }
            progress.scanned += page.scanned
            start = page.lastEvaluatedKey
            onProgress(progress)
        } while start != nil
        return progress
    }

    private static let maximumConcurrentUpdates = 8

    private func unindexedItems(after start: [UInt8]?, timeout: Duration) async throws(HaikuRepositoryError)
        -> UnindexedItem.Page
    {
        do {
            return try await send(.scan, deadline: .now + timeout) {
                $0.member("FilterExpression", "attribute_not_exists(feed) OR attribute_not_exists(posted_at)")
                $0.member("ProjectionExpression", "item_id, created_at")
                if let start {
                    $0.key("ExclusiveStartKey")
                    $0.raw(start)
                }
            } parse: { response throws(JSONError) in
                try UnindexedItem.Page(&response)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }

    private typealias Outcome = (isIndexed: Bool, isUndated: Bool)

    private func addIndexAttributes(to items: [UnindexedItem], timeout: Duration) async throws(HaikuRepositoryError)
        -> [Outcome]
    {
        let results = await withTaskGroup(of: Result<Outcome, HaikuRepositoryError>.self) { group in
            var results: [Result<Outcome, HaikuRepositoryError>] = []
            var hasFailed = false
            for (number, item) in items.enumerated() where !hasFailed {
                if number >= Self.maximumConcurrentUpdates, let result = await group.next() {
                    results.append(result)
                    if case .failure = result { hasFailed = true }
                }
                group.addTask {
                    do throws(HaikuRepositoryError) {
                        return .success(
                            (try await addIndexAttributes(to: item, timeout: timeout), item.isUndated))
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

    /// - Returns: Whether the attributes were added: false if the item was deleted or indexed in the meantime.
    private func addIndexAttributes(to item: UnindexedItem, timeout: Duration) async throws(HaikuRepositoryError)
        -> Bool
    {
        do {
            return try await send(.updateItem, deadline: .now + timeout) {
                $0.key("Key")
                $0.object { $0.attribute("item_id", string: item.id) }
                $0.member(
                    "UpdateExpression",
                    "SET feed = if_not_exists(feed, :feed), posted_at = if_not_exists(posted_at, :at)"
                )
                // Without attribute_exists, an item that was deleted meanwhile would be created anew, with nothing but
                // these attributes.
                $0.member(
                    "ConditionExpression",
                    "attribute_exists(item_id) AND (attribute_not_exists(posted_at) OR attribute_not_exists(feed))"
                )
                $0.key("ExpressionAttributeValues")
                $0.object {
                    $0.attribute(":feed", string: "\(item.shard(of: shards))")
                    $0.attribute(":at", number: item.postedAt)
                }
            } parse: { response throws(JSONError) in
                try response.skipValue()
                return true
            }
        } catch {
            // If the condition fails on a retry, an earlier attempt may have updated the item, and its response was lost.
            guard error.isConditionalCheckFailed else { throw HaikuRepositoryError(error) }
            return error.attempts > 1
        }
    }
}
