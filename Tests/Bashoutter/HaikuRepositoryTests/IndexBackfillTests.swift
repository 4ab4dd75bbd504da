import DynamoDB
import Haiku
import HaikuRepository
import JSON
import Testing

@Suite
struct IndexBackfillTests {
    private static let id = "0123456789abcdef0123456789abcdef"

    private static func page(_ items: String, scanned: Int, last: String? = nil) -> String {
        let key = last.map { #","LastEvaluatedKey":{"item_id":{"S":"\#($0)"}}"# } ?? ""
        return #"{"Items":[\#(items)],"Count":1,"ScannedCount":\#(scanned)\#(key)}"#
    }

    private static func item(_ id: String, _ createdAt: String?) -> String {
        let date = createdAt.map { #","created_at":{"S":"\#($0)"}"# } ?? ""
        return #"{"item_id":{"S":"\#(id)"}\#(date)}"#
    }

    private static func table(_ database: FakeDynamoDB, shards: Int = 1) throws -> HaikuTable {
        HaikuTable(named: "haiku", shards: try #require(FeedShards(shards)), in: database)
    }

    /// The `posted_at` that the backfill adds to an item with this `created_at`.
    private static func postedAt(id: String = id, createdAt: String?) async throws -> Int {
        let database = FakeDynamoDB()
        database.respond(with: page(item(id, createdAt), scanned: 1))
        _ = try await table(database).backfillIndex()
        let update = try #require(database.requests.last { $0.operation == .updateItem })
        return try #require(Int(update.body["ExpressionAttributeValues"]?[":at"]?["N"]?.string ?? ""))
    }

    @Test
    func `every page is scanned, and every unindexed item is updated on a condition that makes repeating safe`()
        async throws
    {
        let database = FakeDynamoDB()
        database.respond(with: Self.page(Self.item(Self.id, "2020-07-06T02:46:04+00:00"), scanned: 10, last: "k1"))
        database.respond(with: "{}")
        database.respond(with: Self.page("", scanned: 5, last: "k2"))
        database.respond(with: Self.page(Self.item("not hex", nil), scanned: 1))
        database.respond(with: "{}")
        var progress: [Int] = []
        let result = try await Self.table(database, shards: 3).backfillIndex { progress.append($0.scanned) }

        #expect((result.scanned, result.indexed, result.undated) == (16, 2, 1))
        #expect(progress == [10, 15, 16])
        let scans = database.requests.filter { $0.operation == .scan }
        #expect(scans.map { $0.body["ExclusiveStartKey"]?["item_id"]?["S"]?.string } == [nil, "k1", "k2"])
        let updates = database.requests.filter { $0.operation == .updateItem }
        #expect(updates.map { $0.body["Key"]?["item_id"]?["S"]?.string } == [Self.id, "not hex"])
        for update in updates {
            let condition = update.body["ConditionExpression"]?.string
            #expect(condition?.hasPrefix("attribute_exists(item_id) AND (attribute_not_exists(posted_at)") == true)
            #expect(Int(update.body["ExpressionAttributeValues"]?[":feed"]?["S"]?.string ?? "").map { $0 < 3 } == true)
        }
    }

    @Test
    func `the shard is the one that the API would have chosen`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: Self.page(Self.item(Self.id, "2020-07-06T02:46:04+00:00"), scanned: 1))
        _ = try await Self.table(database, shards: 7).backfillIndex()
        let shard = try #require(HaikuID(Self.id)).shard(of: try #require(FeedShards(7)))
        #expect(database.requests.last?.body["ExpressionAttributeValues"]?[":feed"]?["S"]?.string == "\(shard)")
    }

    @Test(arguments: [
        ("2020-07-06T02:46:04+00:00", 1_594_003_564), ("2020-07-06T11:46:04+09:00", 1_594_003_564),
        ("2020-07-05T22:46:04-0400", 1_594_003_564), ("2020-07-06T02:46:04Z", 1_594_003_564),
        ("2020-07-06 02:46:04", 1_594_003_564), ("2000-02-29T23:59:59Z", 951_868_799), ("1969-12-31T23:59:59Z", -1),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
    ])
    func `a date without a fraction of a second gets one from the id`(text: String, seconds: Int) async throws {
        let one = try await Self.postedAt(createdAt: text)
        let other = try await Self.postedAt(id: "fedcba9876543210fedcba9876543210", createdAt: text)
        #expect((seconds * 1_000_000..<(seconds + 1) * 1_000_000).contains(one))
        #expect((seconds * 1_000_000..<(seconds + 1) * 1_000_000).contains(other))
        #expect(one != other)
        #expect(try await Self.postedAt(createdAt: text) == one)
    }

    @Test(arguments: [("2020-07-06T02:46:04.123456+00:00", 123_456), ("2020-07-06T02:46:04.5Z", 500_000)])
    func `a fraction of a second is kept`(text: String, microseconds: Int) async throws {
        #expect(try await Self.postedAt(createdAt: text) == 1_594_003_564_000_000 + microseconds)
    }

    @Test(arguments: [
        nil, "", "yesterday", "2020-07-06", "2020-13-06T02:46:04Z", "2021-02-29T00:00:00Z", "2020-07-06T24:00:00Z",
        "2020-07-06T02:46:04+0", "2020-07-06T02:46:04.Z", "2020-07-06T02:46:04Z!",
    ])
    func `an item without a valid date gets a time in January 1970 that depends on its id`(text: String?) async throws {
        let one = try await Self.postedAt(createdAt: text)
        let other = try await Self.postedAt(id: "fedcba9876543210fedcba9876543210", createdAt: text)
        // 2^40 microseconds: within the first 13 days of 1970.
        #expect((0..<1 << 40).contains(one))
        #expect((0..<1 << 40).contains(other))
        #expect(one != other)
        #expect(try await Self.postedAt(createdAt: text) == one)
    }

    @Test
    func `an item that was deleted or indexed meanwhile is skipped`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: Self.page(Self.item(Self.id, nil), scanned: 1))
        database.fail(with: DynamoDBError(.exception(DynamoDBException(.conditionalCheckFailed))))
        let result = try await Self.table(database).backfillIndex()
        #expect((result.indexed, result.undated) == (0, 0))
    }

    @Test
    func `an error ends the backfill`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: Self.page(Self.item(Self.id, nil), scanned: 1, last: "k"))
        database.fail(with: DynamoDBError(.exception(DynamoDBException(.throttling))))
        await #expect(throws: HaikuRepositoryError.throttled) { try await Self.table(database).backfillIndex() }
        #expect(database.requests.count == 2)
    }

    @Test
    func `after a failed update only those in progress continue`() async throws {
        let database = FakeDynamoDB()
        let items = (0..<30).map { Self.item("id\($0)", nil) }.joined(separator: ",")
        database.respond(with: Self.page(items, scanned: 30))
        for _ in 0..<30 { database.fail(with: DynamoDBError(.exception(DynamoDBException(.throttling)))) }
        await #expect(throws: HaikuRepositoryError.throttled) { try await Self.table(database).backfillIndex() }
        #expect(database.requests.count < 15)
    }
}
