import DynamoDB
package import Haiku
import JSON

extension HaikuTable: HaikuAdder {
    /// Puts `haiku`, on the condition that its id is new.
    ///
    /// If the condition fails on a retry, an earlier attempt has added the haiku, and its response was lost.
    package func add(_ haiku: Haiku, deadline: ContinuousClock.Instant) async throws -> HaikuAddition {
        do {
            try await send(.putItem, deadline: deadline) {
                $0.key("Item")
                $0.object {
                    $0.attribute("item_id", string: "\(haiku.id)")
                    $0.attribute("username", string: haiku.poem.username)
                    $0.attribute("first", string: haiku.poem.first)
                    $0.attribute("second", string: haiku.poem.second)
                    $0.attribute("third", string: haiku.poem.third)
                    $0.attribute("likes", number: haiku.likes)
                    $0.attribute("created_at", string: "\(haiku.postedAt)")
                    $0.attribute("feed", string: "\(haiku.id.shard(of: shards))")
                    $0.attribute("posted_at", number: haiku.postedAt.microseconds)
                }
                $0.member("ConditionExpression", "attribute_not_exists(item_id)")
            } parse: { response throws(JSONError) in
                try response.skipValue()
            }
            return .added
        } catch let error where error.isConditionalCheckFailed {
            return error.attempts > 1 ? .added : .alreadyExists
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}

extension HaikuTable: HaikuLiker {
    /// Adds one to `likes` and stores the request id in `last_like`. If it is there already, this is a retry: the like
    /// was counted, and the response was lost.
    package func like(_ id: HaikuID, requestID: String, deadline: ContinuousClock.Instant) async throws -> Int? {
        do {
            return try await send(.updateItem, deadline: deadline) {
                $0.itemKey(id)
                $0.member("UpdateExpression", "ADD likes :one SET last_like = :like")
                $0.member(
                    "ConditionExpression",
                    "attribute_exists(item_id) AND (attribute_not_exists(last_like) OR last_like <> :like)"
                )
                $0.key("ExpressionAttributeValues")
                $0.object {
                    $0.attribute(":one", number: 1)
                    $0.attribute(":like", string: requestID)
                }
                $0.member("ReturnValues", "UPDATED_NEW")
                $0.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
            } parse: { response throws(JSONError) in
                try ItemTranscoder.likes(in: &response)
            }
        } catch {
            guard error.isConditionalCheckFailed else { throw HaikuRepositoryError(error) }
            return error.exception?.item.flatMap(ItemTranscoder.likes(ofItem:))
        }
    }
}

extension HaikuTable: HaikuRemover {
    /// Succeeds whether or not the item exists.
    package func remove(_ id: HaikuID, deadline: ContinuousClock.Instant) async throws {
        do {
            try await send(.deleteItem, deadline: deadline) {
                $0.itemKey(id)
            } parse: { response throws(JSONError) in
                try response.skipValue()
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}
