import EmbeddedDynamoDB
import Foundation
import JSON
import Logging
import Synchronization
import Testing

@Suite struct TableTests {
    /// A clock that the test moves.
    private final class ManualClock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
    }

    private static let update = #"{"TableName":"plain","GlobalSecondaryIndexUpdates":["#

    private static func create(
        _ name: String,
        _ key: String,
        type: String,
        projection: String = "ALL"
    ) -> String {
        update + #"{"Create":{"IndexName":"\#(name)","KeySchema":[{"AttributeName":"\#(key)","KeyType":"HASH"}],"#
            + #""Projection":{"ProjectionType":"\#(projection)"}}}],"#
            + #""AttributeDefinitions":[{"AttributeName":"\#(key)","AttributeType":"\#(type)"}]}"#
    }

    private static func count(_ index: String, in database: TestDatabase) async throws -> Int? {
        try await database.call("Scan", #"{"TableName":"plain","IndexName":"\#(index)"}"#)["Count"]?.int
    }

    @Test("UpdateTable adds an index with the items that the table has, and deletes it")
    func updateTable() async throws {
        let database = try await TestDatabase()
        for item in [#""p":{"S":"a"},"g":{"S":"x"}"#, #""p":{"S":"b"}"#, #""p":{"S":"c"},"g":{"N":"1"}"#] {
            try await database.call("PutItem", #"{"TableName":"plain","Item":{\#(item)}}"#)
        }
        let updated = try await database.call("UpdateTable", Self.create("by-g", "g", type: "S"))["TableDescription"]
        #expect(updated?["TableStatus"] == "UPDATING")
        #expect(updated?["GlobalSecondaryIndexes"]?[0]?["IndexStatus"] == "CREATING")
        #expect(try await Self.count("by-g", in: database) == 1)
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"d"},"g":{"S":"x"}}}"#)
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"c"},"g":{"S":"y"}}}"#)
        try await database.call("DeleteItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        #expect(try await Self.count("by-g", in: database) == 2)
        var table = try await database.call("DescribeTable", #"{"TableName":"plain"}"#)["Table"]
        #expect(table?["GlobalSecondaryIndexes"]?[0]?["IndexStatus"] == "ACTIVE")
        #expect(table?["GlobalSecondaryIndexes"]?[0]?["ItemCount"] == 2)
        #expect(table?["AttributeDefinitions"]?.array?.count == 2)

        try await database.call("UpdateTable", Self.create("by-h", "h", type: "N"))
        try await database.call("UpdateTable", Self.update + #"{"Delete":{"IndexName":"by-g"}}]}"#)
        table = try await database.call("DescribeTable", #"{"TableName":"plain"}"#)["Table"]
        #expect(table?["GlobalSecondaryIndexes"]?.array?.map { $0["IndexName"] } == ["by-h"])
        #expect(table?["AttributeDefinitions"]?.array?.map { $0["AttributeName"] } == ["p", "h"])
        #expect(table?["IndexNumbers"] == nil && table?["NextIndexNumber"] == nil)
        try await database.call("UpdateTable", Self.create("by-g", "g", type: "S"))
        #expect(try await Self.count("by-g", in: database) == 2)
        #expect(try await Self.count("by-h", in: database) == 0)
    }

    @Test(
        "An invalid UpdateTable is rejected",
        arguments: [
            (
                update + #"{"Delete":{"IndexName":"missing"}}]}"#,
                "ResourceNotFoundException: Requested resource not found"
            ),
            (
                update + "]}",
                "ValidationException: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                    + "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
            ),
            (
                update + #"{"Delete":{"IndexName":"one"}},{"Delete":{"IndexName":"two"}}]}"#,
                "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
                    + "simultaneously per table"
            ),
            (
                #"{"TableName":"plain","BillingMode":"PROVISIONED"}"#,
                "ValidationException: The parameter BillingMode of UpdateTable is not supported by this database"
            ),
            (
                #"{"TableName":"missing","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"one"}}]}"#,
                "ResourceNotFoundException: Requested resource not found: Table: missing not found"
            ),
        ]
    )
    func invalidUpdate(request: String, failure: String) async throws {
        #expect(try await TestDatabase().failure("UpdateTable", request) == failure)
    }

    @Test("An added index does not contain items whose attribute is not valid as a key")
    func invalidIndexKeys() async throws {
        let database = try await TestDatabase()
        for (id, size) in [("a", 0), ("b", 1), ("c", 2048), ("d", 2049)] {
            let key = String(repeating: "x", count: size)
            try await database.call(
                "PutItem", #"{"TableName":"plain","Item":{"p":{"S":"\#(id)"},"g":{"S":"\#(key)"}}}"#)
        }
        try await database.call("UpdateTable", Self.create("by-g", "g", type: "S"))
        #expect(try await Self.count("by-g", in: database) == 2)
    }

    @Test("Attributes that an index does not project cannot be requested from it", arguments: ["Query", "Scan"])
    func unprojectedAttributes(operation: String) async throws {
        let database = try await TestDatabase()
        try await database.call("UpdateTable", Self.create("by-g", "g", type: "S", projection: "KEYS_ONLY"))
        let condition =
            operation == "Scan"
            ? "" : #","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"x"}}"#
        let request = #"{"TableName":"plain","IndexName":"by-g"\#(condition),"ProjectionExpression":"#
        #expect(try await database.failure(operation, request + #""p, g"}"#).hasPrefix("success"))
        #expect(
            try await database.failure(operation, request + #""p, x.y, z"}"#)
                == "ValidationException: One or more parameter values were invalid: Global secondary index by-g does not "
                + "project [x, z]"
        )
    }

    @Test("An added index survives a restart, even if one that was added before it has been deleted")
    func restart() async throws {
        let database = try await TestDatabase()
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"},"g":{"S":"x"},"h":{"N":"1"}}}"#)
        try await database.call("UpdateTable", Self.create("by-g", "g", type: "S"))
        try await database.call("UpdateTable", Self.create("by-h", "h", type: "N"))
        try await database.call("UpdateTable", Self.update + #"{"Delete":{"IndexName":"by-g"}}]}"#)
        let copy = database.directory + "-copy"
        try FileManager.default.copyItem(atPath: database.directory, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let restarted = try EmbeddedDynamoDB(dataDirectory: copy, port: 0, logger: Logger(label: "test"))
        let scan = Array(#"{"TableName":"plain","IndexName":"by-h"}"#.utf8)
        #expect(try JSONValue(parsing: await restarted.execute(operation: "Scan", body: scan))["Count"] == 1)
    }

    @Test("A table is CREATING, then ACTIVE, then DELETING, and item operations find it only while it is ACTIVE")
    func transitions() async throws {
        let clock = ManualClock()
        let database = try await TestDatabase(tableTransition: .milliseconds(500)) { clock.now }
        let (name, get) = (#"{"TableName":"plain"}"#, #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        func status() async throws -> JSONValue? {
            try await database.call("DescribeTable", name)["Table"]?["TableStatus"]
        }
        let missing = "ResourceNotFoundException: Requested resource not found"
        let inUse = "ResourceInUseException: Attempt to change a resource which is still in use: Table is being "
        #expect(try await status() == "CREATING")
        #expect(try await database.failure("GetItem", get) == missing)
        #expect(try await database.failure("DeleteTable", name) == inUse + "created: plain")
        clock.advance(by: .milliseconds(500))
        #expect(try await status() == "ACTIVE")
        try await database.call("GetItem", get)
        try await database.call("DeleteTable", name)
        #expect(try await status() == "DELETING")
        #expect(try await database.failure("GetItem", get) == missing)
        #expect(try await database.failure("DeleteTable", name) == inUse + "deleted: plain")
        #expect(try await database.call("ListTables", "{}")["TableNames"] == ["plain", "sorted"])
        clock.advance(by: .milliseconds(500))
        #expect(try await database.failure("DescribeTable", name) == missing + ": Table: plain not found")
        #expect(try await database.call("ListTables", "{}")["TableNames"] == ["sorted"])
        try await database.call("CreateTable", TestDatabase.table("plain", key: ["p:S"]))
    }
}
