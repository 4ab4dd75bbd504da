import EmbeddedDynamoDB
import JSON
import Testing

/// Bounds and orders that DynamoDB documents, at the values where they take effect (Amazon DynamoDB Developer Guide and API
/// Reference).
@Suite struct BoundaryTests {
    /// A database whose table `plain` has the item `{"p":"a"}` with `attributes`.
    private func database(with attributes: String) async throws -> TestDatabase {
        let database = try await TestDatabase()
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"},\#(attributes)}}"#)
        return database
    }

    private func item(in database: TestDatabase, _ more: String = "") async throws -> JSONValue? {
        try await database.call("GetItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}\#(more)}"#)["Item"]
    }

    private func update(_ expression: String, _ values: String = "") -> String {
        #"{"TableName":"plain","Key":{"p":{"S":"a"}},"UpdateExpression":"\#(expression)"\#(values)}"#
    }

    private func tableSize(in database: TestDatabase) async throws -> Int? {
        try await database.call("DescribeTable", #"{"TableName":"plain"}"#)["Table"]?["TableSizeBytes"]?.int
    }

    @Test(
        "Conditions are true or false at their bounds as documented",
        arguments: [
            ("n BETWEEN :two AND :three", 1), ("n BETWEEN :three AND :four", 1), ("n < :three", 0), ("n <= :three", 1),
            ("n > :three", 0), ("n >= :three", 1), ("contains(t, :aab)", 1), ("q <> :three", 1),
        ]
    )
    func conditions(filter: String, count: Int) async throws {
        let database = try await database(with: #""n":{"N":"3"},"t":{"S":"aaab"}"#)
        let all = [":two": #"{"N":"2"}"#, ":three": #"{"N":"3"}"#, ":four": #"{"N":"4"}"#, ":aab": #"{"S":"aab"}"#]
        let values = all.filter { filter.contains($0.key) }.map { #""\#($0.key)":\#($0.value)"# }
        let scan =
            #"{"TableName":"plain","FilterExpression":"\#(filter)","ExpressionAttributeValues":{\#(values.joined(separator: ","))}}"#
        #expect(try await database.call("Scan", scan)["Count"]?.int == count)
    }

    @Test("Deleting the last member of a set removes the attribute")
    func emptySet() async throws {
        let database = try await database(with: #""tags":{"SS":["x"]}"#)
        try await database.call(
            "UpdateItem", update("DELETE tags :x", #","ExpressionAttributeValues":{":x":{"SS":["x"]}}"#))
        #expect(try await item(in: database) == ["p": ["S": "a"]])
    }

    @Test("REMOVE of several elements refers to their positions before the update")
    func removedElements() async throws {
        let database = try await database(with: #""l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]}"#)
        try await database.call("UpdateItem", update("REMOVE l[0], l[2]"))
        #expect(try await item(in: database)?["l"] == ["L": [["N": "1"], ["N": "3"]]])
    }

    @Test(
        "REMOVE and DELETE below the elements of a list refer to their positions before the update",
        arguments: [
            ("REMOVE l[0], l[1].b", #"[{"M":{"c":{"N":"3"}}},{"M":{"b":{"N":"9"}}}]"#),
            ("REMOVE l[1].b, l[0], l[2].b", #"[{"M":{"c":{"N":"3"}}},{"M":{}}]"#),
            ("DELETE l[1].s :s REMOVE l[0]", #"[{"M":{"b":{"N":"2"},"c":{"N":"3"}}},{"M":{"b":{"N":"9"}}}]"#),
        ]
    )
    func removedBelowElements(expression: String, expected: String) async throws {
        let second = expression.hasPrefix("DELETE") ? #","s":{"SS":["x"]}"# : ""
        let database = try await database(
            with:
                #""l":{"L":[{"M":{"a":{"N":"1"}}},{"M":{"b":{"N":"2"},"c":{"N":"3"}\#(second)}},{"M":{"b":{"N":"9"}}}]}"#
        )
        let values = second.isEmpty ? "" : #","ExpressionAttributeValues":{":s":{"SS":["x"]}}"#
        try await database.call("UpdateItem", update(expression, values))
        #expect(try await item(in: database)?["l"]?["L"] == JSONValue(parsing: Array(expected.utf8)))
    }

    @Test("SET below a list element that does not exist is rejected, even if the update appends one")
    func setBelowAppendedElement() async throws {
        let database = try await database(with: #""l":{"L":[{"N":"0"},{"N":"1"}]}"#)
        let values = #","ExpressionAttributeValues":{":l":{"L":[]},":n":{"N":"5"}}"#
        #expect(
            try await database.failure("UpdateItem", update("SET l[3] = :l, l[2][9] = :n", values))
                == "ValidationException: The document path provided in the update expression is invalid for update"
        )
    }

    @Test("An update cannot nest values deeper than a put", arguments: [(12, true), (13, false)])
    func nestingOfUpdate(steps: Int, isAccepted: Bool) async throws {
        let value = String(repeating: #"{"L":["#, count: 20) + #"{"N":"1"}"# + String(repeating: "]}", count: 20)
        let database = try await database(with: #""l":\#(value)"#)
        let path = "l" + String(repeating: "[0]", count: steps)
        let failure = try await database.failure("UpdateItem", update("SET \(path) = l"))
        #expect(failure.hasPrefix(isAccepted ? "success" : "ValidationException: Nesting Levels have exceeded"))
    }

    @Test("A Query rejects key values that no key can have")
    func longKeys() async throws {
        let database = try await TestDatabase()
        for (size, prefix) in [(2048, "success"), (2049, "ValidationException: One or more parameter values were")] {
            let query =
                #"{"TableName":"plain","KeyConditionExpression":"p = :p","ExpressionAttributeValues":"#
                + #"{":p":{"S":"\#(String(repeating: "a", count: size))"}}}"#
            #expect(try await database.failure("Query", query).hasPrefix(prefix))
        }
    }

    @Test(
        "IN compares each candidate, whether or not other candidates have the same value",
        arguments: ["[]", "[{\"N\":\"1\"}]"])
    func candidates(content: String) async throws {
        let database = try await database(
            with: #""l":{"L":\#(content)},"k":{"L":\#(content)},"m":{"L":[{"N":"2"}]},"e":{"M":{}}"#)
        for (condition, holds) in [
            ("l IN (m, m, e, m)", false), ("l IN (m, m, e, k)", true), ("e IN (l, k, l)", false),
        ] {
            let failure = try await database.failure(
                "UpdateItem", update("REMOVE x", #","ConditionExpression":"\#(condition)""#))
            #expect(failure.hasPrefix(holds ? "success" : "ConditionalCheckFailed"))
        }
    }

    @Test("REMOVE does not create an item")
    func removeFromMissingItem() async throws {
        let database = try await TestDatabase()
        try await database.call("UpdateItem", update("REMOVE x"))
        #expect(try await item(in: database) == nil)
    }

    @Test("Projected elements are in the order of the list")
    func projectedElements() async throws {
        let database = try await database(with: #""l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}"#)
        #expect(
            try await item(in: database, #","ProjectionExpression":"l[2], l[0]""#) == [
                "l": ["L": [["N": "0"], ["N": "2"]]]
            ])
    }

    @Test("An attribute that is given twice is stored once, with its last value")
    func repeatedAttribute() async throws {
        let database = try await database(with: #""x":{"N":"1"},"x":{"N":"2"}"#)
        let response = try await database.database.execute(
            operation: "GetItem", body: Array(#"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#.utf8))
        #expect(String(decoding: response, as: UTF8.self) == #"{"Item":{"p":{"S":"a"},"x":{"N":"2"}}}"#)
    }

    @Test(
        "A value has at most 32 levels, and a path at most 32 elements",
        arguments: [("PutItem", 32, true), ("PutItem", 33, false), ("GetItem", 31, true), ("GetItem", 32, false)]
    )
    func nesting(operation: String, depth: Int, isAccepted: Bool) async throws {
        let database = try await TestDatabase()
        let value =
            String(repeating: #"{"L":["#, count: depth) + #"{"N":"1"}"# + String(repeating: "]}", count: depth)
        let body =
            operation == "PutItem"
            ? #"{"TableName":"plain","Item":{"p":{"S":"a"},"l":\#(value)}}"#
            : #"{"TableName":"plain","Key":{"p":{"S":"a"}},"ProjectionExpression":"l\#(String(repeating: "[0]", count: depth))"}"#
        let failure = try await database.failure(operation, body)
        #expect(failure.hasPrefix(isAccepted ? "success" : "ValidationException"))
    }

    @Test(
        "Unused placeholders are rejected",
        arguments: [##""ExpressionAttributeNames":{"#x":"x"}"##, #""ExpressionAttributeValues":{":x":{"N":"1"}}"#])
    func unusedPlaceholders(parameter: String) async throws {
        let put =
            #"{"TableName":"plain","Item":{"p":{"S":"a"}},"ConditionExpression":"attribute_not_exists(p)",\#(parameter)}"#
        #expect(try await TestDatabase().failure("PutItem", put).contains("unused in expressions"))
    }

    @Test(
        "The size of an item is the documented one",
        arguments: [
            // p and its value take 2 bytes, each name 1.
            (#""n":{"N":"12"}"#, 2 + 1 + 2), (#""n":{"N":"1.2"}"#, 2 + 1 + 3), (#""n":{"N":"-12"}"#, 2 + 1 + 3),
            (#""l":{"L":[{"S":"x"}]}"#, 2 + 1 + 3 + 2), (#""m":{"M":{"k":{"S":"x"}}}"#, 2 + 1 + 3 + 1 + 2),
        ])
    func sizes(attribute: String, size: Int) async throws {
        #expect(try await tableSize(in: database(with: attribute)) == size)
    }

    @Test("The size of a table decreases with its items")
    func tableSize() async throws {
        let database = try await database(with: #""t":{"S":"0123456789"}"#)
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"}}}"#)
        #expect(try await tableSize(in: database) == 2)
        try await database.call("DeleteItem", #"{"TableName":"plain","Key":{"p":{"S":"a"}}}"#)
        #expect(try await tableSize(in: database) == 0)
    }

    @Test("A write consumes a unit for each started KB", arguments: [(1_024, 1.0), (1_025, 2)])
    func capacity(size: Int, units: Double) async throws {
        let text = String(repeating: "x", count: size - 3)
        let put =
            #"{"TableName":"plain","Item":{"p":{"S":"a"},"t":{"S":"\#(text)"}},"ReturnConsumedCapacity":"TOTAL"}"#
        let response = try await TestDatabase().call("PutItem", put)
        #expect(response["ConsumedCapacity"]?["CapacityUnits"]?.number?.double == units)
    }

    @Test(
        "A condition on a binary sort key finds exactly the keys that satisfy it",
        arguments: [
            ("s > :v", "AQ==", ["/w==", "/wE="]), ("s >= :v", "AQ==", ["AQ==", "/w==", "/wE="]),
            ("begins_with(s, :v)", "/w==", ["/w==", "/wE="]), ("begins_with(s, :v)", "AQ==", ["AQ=="]),
        ]
    )
    func sortKeys(condition: String, value: String, found: [String]) async throws {
        let database = try await TestDatabase()
        try await database.call("CreateTable", TestDatabase.table("bytes", key: ["p:S", "s:B"]))
        for key in ["AQ==", "/w==", "/wE="] {
            try await database.call("PutItem", #"{"TableName":"bytes","Item":{"p":{"S":"a"},"s":{"B":"\#(key)"}}}"#)
        }
        let query =
            #"{"TableName":"bytes","KeyConditionExpression":"p = :p AND \#(condition)","ExpressionAttributeValues":{":p":{"S":"a"},":v":{"B":"\#(value)"}}}"#
        let items = try await database.call("Query", query)["Items"]?.array
        #expect(items?.compactMap { $0["s"]?["B"]?.string } == found)
    }

    @Test("A sort key has at most 1,024 bytes", arguments: [(1_024, true), (1_025, false)])
    func longSortKey(size: Int, isAccepted: Bool) async throws {
        let database = try await TestDatabase()
        try await database.call("CreateTable", TestDatabase.table("texts", key: ["p:S", "s:S"]))
        let key = String(repeating: "x", count: size)
        let failure = try await database.failure(
            "PutItem", #"{"TableName":"texts","Item":{"p":{"S":"a"},"s":{"S":"\#(key)"}}}"#)
        #expect(failure.hasPrefix(isAccepted ? "success" : "ValidationException"))
    }

    @Test("A start key must belong to the partition that is queried")
    func foreignStartKey() async throws {
        let query =
            #"{"TableName":"sorted","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}},"ExclusiveStartKey":{"p":{"S":"b"},"s":{"N":"1"}}}"#
        #expect(
            try await TestDatabase().failure("Query", query)
                == "ValidationException: The provided starting key is outside query boundaries based on provided conditions"
        )
    }

    @Test("A consistent read of an index is rejected")
    func consistentIndexRead() async throws {
        let scan = #"{"TableName":"sorted","IndexName":"g-n","ConsistentRead":true}"#
        #expect(
            try await TestDatabase().failure("Scan", scan)
                == "ValidationException: Consistent reads are not supported on global secondary indexes")
    }

    @Test("A batch may write an item only once")
    func repeatedWrite() async throws {
        let write = #"{"DeleteRequest":{"Key":{"p":{"S":"a"}}}}"#
        #expect(
            try await TestDatabase().failure("BatchWriteItem", #"{"RequestItems":{"plain":[\#(write),\#(write)]}}"#)
                == "ValidationException: Provided list of item keys contains duplicates")
    }

    @Test("The last page of ListTables has no LastEvaluatedTableName", arguments: [(1, "plain"), (2, nil), (3, nil)])
    func lastPageOfTables(limit: Int, last: String?) async throws {
        let page = try await TestDatabase().call("ListTables", #"{"Limit":\#(limit)}"#)
        #expect(page["LastEvaluatedTableName"]?.string == last)
    }
}
