public import DynamoDB
public import Haiku
internal import JSON

/// The haiku in one DynamoDB table.
///
/// Partition key `item_id` (S). Besides the seven attributes that the API shows, an item has `feed` (S, the number of
/// its shard) and `posted_at` (N, microseconds since 1970), which are the keys of the index `feed-posted_at`, and once
/// it has been liked `last_like` (S, the name of the last like). DESIGN.md, "The table", has the reasons.
public struct HaikuTable: Sendable {
    /// The table's name.
    public let name: String
    /// Over how many partitions of the index the feed is spread.
    public let shards: FeedShards

    let database: any DynamoDBTransport

    static let index = "feed-posted_at"

    /// The table called `name`, reached through `database`.
    public init(named name: String, shards: FeedShards, in database: any DynamoDBTransport) {
        self.name = name
        self.shards = shards
        self.database = database
    }

    /// Sends a request whose members, `TableName` apart, `members` writes, and has `read` read the reply.
    @discardableResult
    func send<Reply>(
        _ operation: DynamoDBOperation,
        deadline: ContinuousClock.Instant,
        _ members: (inout JSONWriter) -> Void,
        reading read: (inout JSONReader) throws(JSONError) -> Reply
    ) async throws(DynamoDBError) -> Reply {
        var writer = JSONWriter(capacity: 1024)
        writer.object {
            $0.member("TableName", name)
            members(&$0)
        }
        let reply = try await database.send(operation, body: writer.bytes, deadline: deadline)
        return try reply.read(read)
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
    /// Whether the service could not be asked at all. What stands on the way to it says so by the status alone.
    fileprivate var isUnavailability: Bool {
        code == .serviceUnavailable || (502...504).contains(status)
    }
}

/// DynamoDB's JSON for attribute values (Amazon DynamoDB API Reference, "AttributeValue").
extension JSONWriter {
    mutating func attribute(_ name: StaticString, string: String) {
        key(name)
        object { $0.member("S", string) }
    }

    mutating func attribute(_ name: StaticString, number: some BinaryInteger) {
        key(name)
        object { $0.member("N", String(number)) }
    }

    mutating func itemKey(_ id: HaikuID) {
        key("Key")
        object { $0.attribute("item_id", string: "\(id)") }
    }
}
