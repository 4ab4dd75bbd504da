package import DynamoDB
package import Haiku
import JSON

/// The haiku in one DynamoDB table.
///
/// The partition key is `item_id` (S). Besides the seven attributes that the API shows, an item has `feed` (S, the
/// number of its shard) and `posted_at` (N, microseconds since 1970), the keys of the index `feed-posted_at`, and once it
/// has a like `m0`, `m1` and so on (B, the marks of the last likes). ARCHITECTURE.md, "The table", gives the reasons.
package struct HaikuTable: Sendable {
    package let name: String
    package let shards: FeedShards

    let database: any DynamoDBTransport

    static let indexName = "feed-posted_at"

    package init(named name: String, shards: FeedShards, in database: any DynamoDBTransport) {
        self.name = name
        self.shards = shards
        self.database = database
    }

    /// Sends a request of `TableName` and the members that `writeMembers` writes, and parses the response with `parse`.
    @discardableResult
    func send<Response>(
        _ operation: DynamoDBOperation,
        deadline: ContinuousClock.Instant,
        _ writeMembers: (inout JSONWriter) -> Void,
        parse: (inout JSONReader) throws(JSONError) -> Response
    ) async throws(DynamoDBError) -> Response {
        var writer = JSONWriter(capacity: 1024)
        writer.object {
            $0.member("TableName", name)
            writeMembers(&$0)
        }
        let response = try await database.send(operation, body: writer.bytes, deadline: deadline)
        return try response.read(parse)
    }
}

extension HaikuRepositoryError {
    init(_ error: DynamoDBError) {
        self =
            switch error.reason {
            case .exception(let exception) where exception.isThrottling: .throttled
            case .exception(let exception) where exception.isUnavailability: .unavailable("\(error)")
            case .timedOut, .connection, .checksumMismatch, .cancelled: .unavailable("\(error)")
            case .exception, .malformedResponse: .failed("\(error)")
            }
    }
}

extension DynamoDBException {
    /// Whether the service was unavailable. Proxies and load balancers report that by the status alone.
    fileprivate var isUnavailability: Bool {
        code == .serviceUnavailable || (502...504).contains(status)
    }
}
