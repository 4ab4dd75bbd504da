import DynamoDB
import HTTPConnection
import NIOCore
import Testing

@Suite
struct OperationTests {
    /// The JSON that `request` is sent as, and what its `reply` is read as.
    private func sent<Request: DynamoDBRequest>(
        _ request: Request,
        reply: String = "{}"
    ) async throws -> (json: String, output: Request.Output) {
        let connection = FakeConnection([.ok(reply)])
        let output = try await DynamoDBClient.fake(connection).execute(request)
        let sent = try #require(connection.requests.first)
        #expect(sent.headers["x-amz-target"] == ["DynamoDB_20120810.\(Request.operation.rawValue)"])
        return (String(buffer: try #require(sent.body)), output)
    }

    private static let everything: DynamoDBItem = [
        "b": .b([0, 255, 254]), "bool": .bool(false), "bs": .bs([[1], []]), "l": .l([.s("x"), .null]),
        "m": .m(["k": .n("-1.50")]), "n": .n(42), "ns": .ns(["1", "2"]), "null": .null, "s": .s("古池\"\n"),
        "ss": .ss(["a"]),
    ]
    private static let everythingAsJSON = #"""
        {"b":{"B":"AP/+"},"bool":{"BOOL":false},"bs":{"BS":["AQ==",""]},"l":{"L":[{"S":"x"},{"NULL":true}]},\#
        "m":{"M":{"k":{"N":"-1.50"}}},"n":{"N":"42"},"ns":{"NS":["1","2"]},"null":{"NULL":true},\#
        "s":{"S":"古池\"\n"},"ss":{"SS":["a"]}}
        """#

    @Test
    func `every type of value is written and read`() async throws {
        let (json, _) = try await sent(PutItem(tableName: "t", item: Self.everything))
        #expect(json == #"{"TableName":"t","Item":\#(Self.everythingAsJSON)}"#)
        let (_, output) = try await sent(
            GetItem(tableName: "t", key: ["id": .s("1")]),
            reply: #"{"ConsumedCapacity":{"x":[1]},"Item":\#(Self.everythingAsJSON)}"#
        )
        #expect(output.item == Self.everything)
    }

    @Test
    func `PutItem writes its condition and its wishes`() async throws {
        let options = WriteOptions(
            conditionExpression: "attribute_not_exists(#k)",
            attributes: ExpressionAttributes(names: ["#k": "id"]),
            returnValues: .allOld,
            returnsItemOnConditionCheckFailure: true
        )
        let (json, output) = try await sent(
            PutItem(tableName: "t", item: ["id": .s("1")], options: options),
            reply: #"{"Attributes":{"id":{"S":"0"}}}"#
        )
        #expect(
            json == #"""
                {"TableName":"t","Item":{"id":{"S":"1"}},"ConditionExpression":"attribute_not_exists(#k)",\#
                "ExpressionAttributeNames":{"#k":"id"},"ReturnValues":"ALL_OLD",\#
                "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}
                """#
        )
        #expect(output.attributes == ["id": .s("0")])
    }

    @Test
    func `GetItem asks for no more than it needs`() async throws {
        let (plain, output) = try await sent(GetItem(tableName: "t", key: ["id": .s("1")]))
        #expect(plain == #"{"TableName":"t","Key":{"id":{"S":"1"}}}"#)
        #expect(output.item == nil)
        let (json, _) = try await sent(
            GetItem(tableName: "t", key: ["id": .s("1")], consistentRead: true, projectionExpression: "likes")
        )
        #expect(
            json
                == #"{"TableName":"t","Key":{"id":{"S":"1"}},"ConsistentRead":true,"ProjectionExpression":"likes"}"#
        )
    }

    @Test
    func `UpdateItem and DeleteItem name the key`() async throws {
        let options = WriteOptions(attributes: .init(values: [":one": .n(1)]), returnValues: .updatedNew)
        let (update, output) = try await sent(
            UpdateItem(tableName: "t", key: ["id": .s("1")], updateExpression: "ADD likes :one", options: options),
            reply: #"{"Attributes":{"likes":{"N":"2"}}}"#
        )
        #expect(
            update == #"""
                {"TableName":"t","Key":{"id":{"S":"1"}},"UpdateExpression":"ADD likes :one",\#
                "ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}
                """#
        )
        #expect(output.attributes?["likes"]?.int == 2)
        let (delete, gone) = try await sent(DeleteItem(tableName: "t", key: ["id": .s("1")]))
        #expect(delete == #"{"TableName":"t","Key":{"id":{"S":"1"}}}"#)
        #expect(gone.attributes == nil)
    }

    @Test
    func `Query and Scan turn pages`() async throws {
        let options = ReadOptions(
            indexName: "feed-posted_at",
            limit: 2,
            exclusiveStartKey: ["id": .s("0")],
            attributes: .init(values: [":f": .s("0")])
        )
        let reply = #"""
            {"Count":2,"Items":[{"id":{"S":"1"}},{"id":{"S":"2"}}],"LastEvaluatedKey":{"id":{"S":"2"}},"ScannedCount":3}
            """#
        let (query, page) = try await sent(
            Query(tableName: "t", keyConditionExpression: "feed = :f", scanIndexForward: false, options: options),
            reply: reply
        )
        #expect(
            query == #"""
                {"TableName":"t","KeyConditionExpression":"feed = :f","ScanIndexForward":false,\#
                "IndexName":"feed-posted_at","Limit":2,"ExclusiveStartKey":{"id":{"S":"0"}},\#
                "ExpressionAttributeValues":{":f":{"S":"0"}}}
                """#
        )
        #expect(page.items == [["id": .s("1")], ["id": .s("2")]])
        #expect(page.count == 2)
        #expect(page.scannedCount == 3)
        #expect(page.lastEvaluatedKey == ["id": .s("2")])
        let (scan, last) = try await sent(
            Scan(
                tableName: "t",
                segment: .init(1, of: 4),
                options: .init(consistentRead: true, filterExpression: "f", countsOnly: true)
            ),
            reply: #"{"Count":7,"ScannedCount":9}"#
        )
        #expect(
            scan == #"""
                {"TableName":"t","Segment":1,"TotalSegments":4,"ConsistentRead":true,"FilterExpression":"f",\#
                "Select":"COUNT"}
                """#
        )
        #expect(last.count == 7)
        #expect(last.lastEvaluatedKey == nil)
    }

    @Test
    func `BatchWriteItem gives back what was not done`() async throws {
        let writes: [String: [BatchWriteItem.Write]] = ["t": [.put(["id": .s("1")]), .delete(["id": .s("2")])]]
        let asJSON = #"""
            {"t":[{"PutRequest":{"Item":{"id":{"S":"1"}}}},{"DeleteRequest":{"Key":{"id":{"S":"2"}}}}]}
            """#
        let (json, output) = try await sent(
            BatchWriteItem(writes),
            reply: #"{"UnprocessedItems":\#(asJSON)}"#
        )
        #expect(json == #"{"RequestItems":\#(asJSON)}"#)
        #expect(output.unprocessed == writes)
    }

    @Test
    func `CreateTable defines each key attribute once`() async throws {
        let feed = KeySchema(partitionKey: .init("feed", .string), sortKey: .init("posted_at", .number))
        let (json, table) = try await sent(
            CreateTable(
                tableName: "haiku",
                keySchema: KeySchema(partitionKey: .init("item_id", .string)),
                indexes: [GlobalIndex(name: "a", keySchema: feed), GlobalIndex(name: "b", keySchema: feed)]
            ),
            reply: #"{"TableDescription":{"TableName":"haiku","TableStatus":"CREATING"}}"#
        )
        let index = #"""
            "KeySchema":[{"AttributeName":"feed","KeyType":"HASH"},{"AttributeName":"posted_at","KeyType":"RANGE"}],\#
            "Projection":{"ProjectionType":"ALL"}
            """#
        #expect(
            json == #"""
                {"TableName":"haiku","BillingMode":"PAY_PER_REQUEST",\#
                "KeySchema":[{"AttributeName":"item_id","KeyType":"HASH"}],\#
                "AttributeDefinitions":[{"AttributeName":"item_id","AttributeType":"S"},\#
                {"AttributeName":"feed","AttributeType":"S"},{"AttributeName":"posted_at","AttributeType":"N"}],\#
                "GlobalSecondaryIndexes":[{"IndexName":"a",\#(index)},{"IndexName":"b",\#(index)}]}
                """#
        )
        #expect(table.status == "CREATING")
        #expect(!table.isActive)
    }

    @Test
    func `DescribeTable tells whether the table can be used`() async throws {
        let (json, table) = try await sent(
            DescribeTable(tableName: "haiku"),
            reply: #"""
                {"Table":{"TableName":"haiku","TableStatus":"ACTIVE","ItemCount":5,"KeySchema":[],\#
                "GlobalSecondaryIndexes":[{"IndexName":"i","IndexStatus":"CREATING","ItemCount":0}]}}
                """#
        )
        #expect(json == #"{"TableName":"haiku"}"#)
        #expect(table.isActive)
        #expect(table.name == "haiku")
        #expect(table.itemCount == 5)
        #expect(table.indexStatuses == ["i": "CREATING"])
    }

    @Test(arguments: ["A", "A===", "AA=A", "AB==", "AAB=", "A A=", "====", "あ"])
    func `bytes that are not base64 are refused`(text: String) async throws {
        let client = try DynamoDBClient.fake(FakeConnection([.ok(#"{"Item":{"b":{"B":"\#(text)"}}}"#)]))
        await #expect(throws: DynamoDBError.self) { _ = try await client.execute(GetItem(tableName: "t", key: [:])) }
    }
}
