import DynamoDB
package import Haiku
import JSON

extension HaikuTable: HaikuFinder {
    /// Reads the table itself with strong consistency, so that a haiku is found as soon as its POST has succeeded.
    package func json(of id: HaikuID, deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        do {
            return try await send(.getItem, deadline: deadline) {
                $0.itemKey(id)
                $0.member("ConsistentRead", true)
                $0.haikuProjection()
            } parse: { response throws(JSONError) in
                try ItemTranscoder.item(in: &response)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}

extension HaikuTable: HaikuLister {
    /// Reads a page of the feed or, if the index is empty, a page of the table itself, so that items written by other
    /// tools are listed.
    package func page(limit: Int?, from cursor: Cursor?, deadline: ContinuousClock.Instant) async throws -> HaikuPage {
        switch cursor {
        case .table(let key):
            return try await tablePage(limit: limit, after: key, deadline: deadline)
        case .feed(let position):
            return try await feedPage(limit: limit, from: position, deadline: deadline)
        case nil:
            let page = try await feedPage(limit: limit, from: nil, deadline: deadline)
            guard page.isEmpty else { return page }
            return try await tablePage(limit: limit, after: nil, deadline: deadline)
        }
    }

    /// Sends a Query or Scan and transcodes its response.
    func items(
        _ operation: DynamoDBOperation,
        deadline: ContinuousClock.Instant,
        _ writeMembers: (inout JSONWriter) -> Void
    ) async throws(HaikuRepositoryError) -> ItemTranscoder {
        do {
            return try await send(operation, deadline: deadline) {
                writeMembers(&$0)
                $0.haikuProjection()
            } parse: { response throws(JSONError) in
                try ItemTranscoder(&response)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}

extension JSONWriter {
    /// Requests only the attributes of a haiku, without the marks of its likes.
    fileprivate mutating func haikuProjection() {
        member("ProjectionExpression", "item_id,username,#f,#s,third,likes,created_at,posted_at")
        // FIRST and SECOND are reserved words (Amazon DynamoDB Developer Guide, "Reserved words in DynamoDB").
        key("ExpressionAttributeNames")
        object {
            $0.member("#f", "first")
            $0.member("#s", "second")
        }
    }
}
