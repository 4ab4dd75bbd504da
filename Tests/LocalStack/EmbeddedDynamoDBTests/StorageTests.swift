import EmbeddedDynamoDB
import Foundation
import JSON
import Logging
import Testing

@Suite(.timeLimit(.minutes(2))) struct StorageTests {
    private func open(_ directory: String) throws -> EmbeddedDynamoDB {
        try EmbeddedDynamoDB(dataDirectory: directory, port: 0, logger: Logger(label: "test"))
    }

    @Test("Opening a data directory that another database uses fails")
    func inUse() async throws {
        let database = try await TestDatabase()
        #expect(throws: EmbeddedDynamoDB.StartError.dataDirectoryInUse(database.directory)) {
            try open(database.directory)
        }
    }

    @Test("The error for a data directory that cannot be created names the directory")
    func unusable() throws {
        let error = #expect(throws: EmbeddedDynamoDB.StartError.self) { try open("/dev/null/data") }
        #expect(error?.description.hasPrefix("cannot use the data directory /dev/null/data: ") == true)
    }

    @Test("Opening a file that is not a SQLite database fails")
    func notADatabase() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/dynamodb-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data(repeating: 0x2A, count: 8192).write(to: URL(fileURLWithPath: directory + "/dynamodb.sqlite"))
        #expect(throws: EmbeddedDynamoDB.StartError.self) { try open(directory) }
    }

    @Test("A failed condition does not affect the other writes of its group")
    func groups() async throws {
        let database = try await TestDatabase()
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"taken"}}}"#)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let name = number.isMultiple(of: 3) ? "taken" : "free-\(number)"
                    let put =
                        #"{"TableName":"plain","Item":{"p":{"S":"\#(name)"}},"ConditionExpression":"attribute_not_exists(p)"}"#
                    return (try? await database.call("PutItem", put)) == nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(failures == 67)
        #expect(try await database.call("Scan", #"{"TableName":"plain"}"#)["Count"]?.int == 134)
    }

    @Test("Concurrent increments of a counter each count once")
    func counter() async throws {
        let database = try await TestDatabase()
        let add =
            #"{"TableName":"plain","Key":{"p":{"S":"a"}},"UpdateExpression":"ADD n :o","ExpressionAttributeValues":{":o":{"N":"1"}}}"#
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<300 { group.addTask { try await database.call("UpdateItem", add) } }
            try await group.waitForAll()
        }
        let response = try await database.call("GetItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        #expect(response["Item"]?["n"]?["N"]?.string == "300")
    }

    @Test("A recreated table is empty, and deleting it does not affect other tables")
    func recreated() async throws {
        let database = try await TestDatabase()
        for table in ["plain", "sorted"] {
            try await database.call("PutItem", #"{"TableName":"\#(table)","Item":{"p":{"S":"a"},"s":{"N":"1"}}}"#)
        }
        try await database.call("DeleteTable", #"{"TableName":"plain"}"#)
        let failure = try await database.failure("GetItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        #expect(failure == "ResourceNotFoundException: Requested resource not found")
        try await database.call("CreateTable", TestDatabase.table("plain", key: ["p:S"]))
        #expect(try await database.call("Scan", #"{"TableName":"plain"}"#)["Count"]?.int == 0)
        #expect(try await database.call("Scan", #"{"TableName":"sorted"}"#)["Count"]?.int == 1)
    }
}
