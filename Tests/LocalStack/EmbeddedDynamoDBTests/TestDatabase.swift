import EmbeddedDynamoDB
import Foundation
import JSON
import Logging

/// A database in a temporary directory with two tables: `plain` (partition key `p`, S) and `sorted` (partition key `p`, S;
/// sort key `s`, N) with an index `g-n` (partition key `g`, S; sort key `n`, N).
final class TestDatabase: Sendable {
    let directory: String
    let database: EmbeddedDynamoDB

    init(
        tableTransition: Duration = .zero,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) async throws {
        directory = FileManager.default.temporaryDirectory.path + "/dynamodb-\(UUID().uuidString)"
        database = try EmbeddedDynamoDB(
            dataDirectory: directory,
            port: 0,
            tableTransition: tableTransition,
            logger: Logger(label: "test"),
            now: now
        )
        try await call("CreateTable", Self.table("plain", key: ["p:S"]))
        try await call("CreateTable", Self.table("sorted", key: ["p:S", "s:N"], index: ["g:S", "n:N"]))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    @discardableResult
    func call(_ operation: String, _ body: String) async throws -> JSONValue {
        try JSONValue(parsing: await database.execute(operation: operation, body: Array(body.utf8)))
    }

    /// The error of the operation as `Type: message`; `success: ` and the response if there is none.
    func failure(_ operation: String, _ body: String) async throws -> String {
        do {
            return "success: \(String(decoding: try await call(operation, body).bytes, as: UTF8.self))"
        } catch let error as ServiceError {
            return "\(error.kind.rawValue.split(separator: "#").last ?? ""): \(error.message)"
        }
    }

    /// The parameters of CreateTable. Attributes have the form `name:type`.
    static func table(_ name: String, key: [String], index: [String] = []) -> String {
        let definitions = (key + index).map {
            #"{"AttributeName":"\#($0.split(separator: ":")[0])","AttributeType":"\#($0.split(separator: ":")[1])"}"#
        }
        let indexes =
            index.isEmpty
            ? ""
            : #""GlobalSecondaryIndexes":[{"IndexName":"g-n",\#(schema(index)),"Projection":{"ProjectionType":"ALL"}}],"#
        return """
            {"TableName":"\(name)","BillingMode":"PAY_PER_REQUEST",\(indexes)\(schema(key)),
             "AttributeDefinitions":[\(definitions.joined(separator: ","))]}
            """
    }

    private static func schema(_ attributes: [String]) -> String {
        let elements = zip(attributes, ["HASH", "RANGE"]).map {
            #"{"AttributeName":"\#($0.split(separator: ":")[0])","KeyType":"\#($1)"}"#
        }
        return #""KeySchema":[\#(elements.joined(separator: ","))]"#
    }
}
