import JSON
import Testing

/// Invalid parameters are rejected with DynamoDB's own messages.
@Suite struct ParameterTests {
    private static let key = #""KeySchema":[{"AttributeName":"p","KeyType":"HASH"}]"#
    private static let definitions = #""AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]"#
    private static let projection = #""Projection":{"ProjectionType":"ALL"}"#

    private static func table(_ rest: String) -> String { #"{"TableName":"new",\#(key),\#(definitions),\#(rest)}"# }

    @Test(
        "A parameter of CreateTable with a wrong JSON type is a SerializationException",
        arguments: [
            (#""BillingMode":3"#, "NUMBER_VALUE cannot be converted to String"),
            (#""ProvisionedThroughput":"10""#, "Unexpected field type"),
            (
                #""ProvisionedThroughput":[]"#,
                "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput"
            ),
            (
                #""ProvisionedThroughput":{"ReadCapacityUnits":"1"}"#,
                "STRING_VALUE cannot be converted to Long"
            ),
            (#""GlobalSecondaryIndexes":true"#, "Unexpected field type"),
            (#""GlobalSecondaryIndexes":{}"#, "Start of structure or map found where not expected"),
            (#""GlobalSecondaryIndexes":["x"]"#, "Unexpected value type in payload"),
            (#""GlobalSecondaryIndexes":[{"IndexName":false}]"#, "FALSE_VALUE cannot be converted to String"),
            (
                #""GlobalSecondaryIndexes":[{"Projection":{"NonKeyAttributes":[1.5]}}]"#,
                "DECIMAL_VALUE cannot be converted to String"
            ),
            (#""SSESpecification":{"Enabled":"on"}"#, "Unexpected token received from parser"),
        ]
    )
    func wrongType(parameter: String, message: String) async throws {
        let failure = try await TestDatabase().failure("CreateTable", Self.table(parameter))
        #expect(failure == "SerializationException: \(message)")
    }

    @Test(
        "Throughput that is out of bounds is rejected",
        arguments: [
            (
                #""ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1}"#,
                "1 validation error detected: Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy "
                    + "constraint: Member must have value greater than or equal to 1"
            ),
            (
                #""ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,"WriteCapacityUnits":1}"#,
                "Given value 1000000000001 for ReadCapacityUnits is out of bounds"
            ),
            (
                #""BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"by-p",\#(key),\#(projection),"#
                    + #""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":0}}]"#,
                "1 validation error detected: Value '0' at "
                    + "'globalSecondaryIndexes.1.member.provisionedThroughput.writeCapacityUnits' failed to satisfy "
                    + "constraint: Member must have value greater than or equal to 1"
            ),
        ]
    )
    func throughput(parameter: String, message: String) async throws {
        let failure = try await TestDatabase().failure("CreateTable", Self.table(parameter))
        #expect(failure == "ValidationException: \(message)")
    }

    @Test("The type of ListTables' Limit and the value of BatchWriteItem's ReturnItemCollectionMetrics are validated")
    func others() async throws {
        let database = try await TestDatabase()
        let list = try await database.failure("ListTables", #"{"Limit":"1"}"#)
        #expect(list == "SerializationException: STRING_VALUE cannot be converted to Integer")
        let batch = #"{"RequestItems":{"plain":[{"DeleteRequest":{"Key":{"p":{"S":"a"}}}}]},"#
        let write = try await database.failure("BatchWriteItem", batch + #""ReturnItemCollectionMetrics":"hi"}"#)
        #expect(
            write == "ValidationException: 1 validation error detected: Value 'hi' at 'returnItemCollectionMetrics' "
                + "failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]"
        )
    }

    private static let package = "com.amazonaws.dynamodb.v20120810."
    private static let notAClass = {
        let type = "sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl"
        return
            "class \(type) cannot be cast to class java.lang.Class (\(type) and java.lang.Class are in module java.base "
            + "of loader 'bootstrap')"
    }()

    @Test(
        "A parameter of an item operation with a wrong JSON type is a SerializationException",
        arguments: [
            (
                "PutItem", #"{"Item":[]}"#,
                "Unrecognized collection type java.util.Map<java.lang.String, \(package)AttributeValue>"
            ),
            ("PutItem", #"{"Item":"a"}"#, "Unexpected field type"),
            ("PutItem", #"{"Item":{"a":[]}}"#, "Unrecognized collection type class \(package)AttributeValue"),
            ("PutItem", #"{"Item":{"a":"b"}}"#, "Unexpected value type in payload"),
            ("PutItem", #"{"Item":{"a":{"B":[]}}}"#, "Unrecognized collection type class java.nio.ByteBuffer"),
            ("PutItem", #"{"Item":{"a":{"B":{}}}}"#, "Start of structure or map found where not expected"),
            ("PutItem", #"{"Item":{"a":{"B":1}}}"#, "only base-64-encoded strings are convertible to bytes"),
            ("PutItem", #"{"Item":{"a":{"BOOL":"on"}}}"#, "Unexpected token received from parser"),
            (
                "GetItem", #"{"ExpressionAttributeNames":[]}"#,
                "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"
            ),
            (
                "BatchGetItem", #"{"RequestItems":[]}"#,
                "Unrecognized collection type java.util.Map<java.lang.String, \(package)KeysAndAttributes>"
            ),
            ("BatchGetItem", #"{"RequestItems":{"a":1}}"#, "Unexpected value type in payload"),
            ("BatchGetItem", #"{"RequestItems":{"a":{"Keys":["b"]}}}"#, notAClass),
            ("BatchWriteItem", #"{"RequestItems":{"a":"b"}}"#, notAClass),
            ("BatchWriteItem", #"{"RequestItems":{"a":["b"]}}"#, "Unexpected value type in payload"),
            (
                "BatchWriteItem", #"{"RequestItems":{"a":[{"PutRequest":[]}]}}"#,
                "Unrecognized collection type class \(package)PutRequest"
            ),
        ]
    )
    func wrongType(operation: String, body: String, message: String) async throws {
        #expect(try await TestDatabase().failure(operation, body) == "SerializationException: \(message)")
    }

    @Test("The value of BOOL or NULL may be a string that means true")
    func booleans() async throws {
        let database = try await TestDatabase()
        try await database.call(
            "PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"},"b":{"BOOL":"yes"},"n":{"NULL":"1"}}}"#)
        let item = try await database.call("GetItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)["Item"]
        #expect(item?["b"]?["BOOL"]?.bool == true)
        #expect(item?["n"]?["NULL"]?.bool == true)
    }

    @Test("The violated constraints of a batch are reported together")
    func batches() async throws {
        let database = try await TestDatabase()
        let keys =
            "[Member must have length less than or equal to 255, Member must have length greater than or equal to 3, "
            + "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
        let get = try await database.failure("BatchGetItem", #"{"RequestItems":{"a":{}}}"#)
        #expect(
            get
                == "ValidationException: 2 validation errors detected: Value '{a=…}' at 'requestItems' failed to satisfy "
                + "constraint: Map keys must satisfy constraint: \(keys); Value null at 'requestItems.a.member.keys' "
                + "failed to satisfy constraint: Member must not be null"
        )
        let write = try await database.failure("BatchWriteItem", #"{"RequestItems":{"abc":[{"PutRequest":{}}]}}"#)
        #expect(
            write == "ValidationException: 1 validation error detected: Value null at "
                + "'requestItems.abc.member.1.member.putRequest.item' failed to satisfy constraint: Member must not be null"
        )
        for operation in ["BatchGetItem", "BatchWriteItem"] {
            #expect(
                try await database.failure(operation, "{}")
                    == "ValidationException: 1 validation error detected: Value null "
                    + "at 'requestItems' failed to satisfy constraint: Member must not be null"
            )
        }
    }

    @Test(
        "The name of a table has 3 to 255 characters",
        arguments: ["CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"]
    )
    func tableName(operation: String) async throws {
        let message =
            "ValidationException: TableName must be at least 3 characters long and at most 255 characters long"
        for name in ["", "ab", String(repeating: "a", count: 256)] {
            #expect(try await TestDatabase().failure(operation, #"{"TableName":"\#(name)"}"#) == message)
        }
    }

    @Test("CreateTable accepts the ARN of a table")
    func arn() async throws {
        let database = try await TestDatabase()
        let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/by-arn"
        let created = try await database.call("CreateTable", TestDatabase.table(arn, key: ["p:S"]))
        #expect(created["TableDescription"]?["TableName"]?.string == "by-arn")
        try await database.call("PutItem", #"{"TableName":"by-arn","Item":{"p":{"S":"a"}}}"#)
    }

    @Test("An update of indexes names exactly one change for each")
    func indexUpdates() async throws {
        let database = try await TestDatabase()
        let update = { (updates: String) in
            try await database.failure(
                "UpdateTable", #"{"TableName":"plain","GlobalSecondaryIndexUpdates":[\#(updates)]}"#)
        }
        let prefix = "ValidationException: One or more parameter values were invalid: "
        #expect(
            try await update("{}") == prefix
                + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                + "GlobalSecondaryIndexUpdate.Delete must not be null"
        )
        let delete = #"{"Delete":{"IndexName":"abc"}}"#
        #expect(
            try await update("\(delete),\(delete)") == prefix
                + "Only one global secondary index update per index is allowed simultaneously. Index: abc"
        )
    }

    @Test(
        "The error for an unsupported operation names the document that lists the supported ones",
        arguments: ["UpdateTimeToLive", "TagResource", "ExecuteStatement", "ListStreams"]
    )
    func unsupported(operation: String) async throws {
        let failure = try await TestDatabase().failure(operation, "{}")
        #expect(
            failure == "UnknownOperationException: This local database does not support \(operation); "
                + "docs/decisions/007-embedded-dynamodb.md lists the operations that it supports"
        )
    }

    @Test("The error for an operation that DynamoDB does not have has no message")
    func unknown() async throws {
        let failure = try await TestDatabase().failure("DropTable", "{}")
        #expect(failure == "UnknownOperationException: ")
    }
}
