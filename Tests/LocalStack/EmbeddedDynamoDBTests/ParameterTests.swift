import Testing

/// No parameter of a supported operation is ignored.
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
            (#""SSESpecification":{"Enabled":"yes"}"#, "STRING_VALUE cannot be converted to Boolean"),
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

    @Test("The parameters of ListTables and the batch operations are validated")
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
