import DynamoDB
package import Haiku
package import JSON

extension HaikuTable: HaikuAdder {
    /// Puts `haiku`, on the condition that its id is new.
    ///
    /// If the condition fails on a retry, an earlier attempt is assumed to have added the haiku and lost its response.
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
    /// How many of its last likes an item remembers.
    package static let rememberedLikes = 32

    /// Adds one to `likes` and puts the mark in front of the marks of the last likes, which are a shift register of
    /// attributes. If the mark is there already, the call is a repetition: the like was counted before.
    package func like(_ id: HaikuID, mark: LikeMark, deadline: ContinuousClock.Instant) async throws -> JSONNumber? {
        do {
            let likes = try await send(.updateItem, deadline: deadline) {
                $0.itemKey(id)
                $0.member("UpdateExpression", Self.likeUpdate)
                $0.member("ConditionExpression", Self.likeCondition)
                $0.key("ExpressionAttributeValues")
                $0.object {
                    $0.attribute(":one", number: 1)
                    $0.attribute(":mark", base64: mark.base64)
                    $0.attribute(":none", base64: "")
                }
                $0.member("ReturnValues", "UPDATED_NEW")
                $0.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
            } parse: { response throws(JSONError) in
                try ItemTranscoder.likes(in: &response)
            }
            guard let likes else { throw HaikuRepositoryError.failed("DynamoDB returned no number of likes") }
            return likes
        } catch let error as DynamoDBError {
            if error.isConditionalCheckFailed {
                return error.exception?.item.map { ItemTranscoder.likes(ofItem: $0) ?? JSONNumber(0) }
            }
            // The expressions are constant, so the item is the cause: `likes` is not a number or would exceed 38 digits, or
            // the item has the maximum size.
            if error.exception?.code == .other("ValidationException") {
                throw HaikuRepositoryError.conflict("\(error)")
            }
            throw HaikuRepositoryError(error)
        }
    }

    /// Short names, since they count towards the size of the item.
    private static let marks = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .prefix(rememberedLikes).map { "m\($0)" }

    /// DynamoDB evaluates all operands before it changes the item.
    private static let likeUpdate = {
        let shifts = zip(marks.dropFirst(), marks).map { "\($0)=if_not_exists(\($1),:none)" }
        return "SET \(marks[0])=:mark,\(shifts.joined(separator: ",")) ADD likes :one"
    }()

    private static let likeCondition = """
        attribute_exists(item_id) AND (attribute_not_exists(m0) OR NOT :mark IN (\(marks.joined(separator: ","))))
        """
}

extension HaikuTable: HaikuRemover {
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
