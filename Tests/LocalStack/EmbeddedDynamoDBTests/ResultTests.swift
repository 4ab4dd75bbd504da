import JSON
import Testing

/// Results that would mislead a client if they differed from DynamoDB's.
@Suite struct ResultTests {
    @Test(
        "size of a string is its number of UTF-16 code units",
        arguments: [("abc", 3), ("閑さや", 3), ("é", 1), ("🍁", 2), ("e\u{301}", 2)]
    )
    func sizeOfString(text: String, size: Int) async throws {
        let database = try await TestDatabase()
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"a"},"t":{"S":"\#(text)"}}}"#)
        let scan = #"{"TableName":"plain","FilterExpression":"size(t) = :n","ExpressionAttributeValues":{":n":{"N":""#
        #expect(try await database.call("Scan", scan + #"\#(size)"}}}"#)["Count"]?.int == 1)
        #expect(try await database.call("Scan", scan + #"\#(size + 1)"}}}"#)["Count"]?.int == 0)
    }

    /// Puts items of `size` bytes with the sort keys 1…`count`.
    private func put(_ count: Int, ofSize size: Int, into database: TestDatabase) async throws {
        // The attributes p, s and t with the values "a" and a number of one digit.
        let text = String(repeating: "x", count: size - 3 - 1 - 2)
        for number in 1...count {
            let item = #"{"p":{"S":"a"},"s":{"N":"\#(number)"},"t":{"S":"\#(text)"}}"#
            try await database.call("PutItem", #"{"TableName":"sorted","Item":\#(item)}"#)
        }
    }

    private static let query =
        #"{"TableName":"sorted","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}}"#

    @Test("A page of exactly 1 MB is the last one")
    func fullPage() async throws {
        let database = try await TestDatabase()
        try await put(4, ofSize: 256 * 1024, into: database)
        let page = try await database.call("Query", Self.query + "}")
        #expect(page["Count"]?.int == 4)
        #expect(page["LastEvaluatedKey"] == nil)
    }

    @Test("A page does not contain the item that would exceed 1 MB")
    func overfullPage() async throws {
        let database = try await TestDatabase()
        try await put(4, ofSize: 256 * 1024 + 1, into: database)
        let page = try await database.call("Query", Self.query + "}")
        #expect(page["Count"]?.int == 3)
        #expect(page["LastEvaluatedKey"]?["s"]?["N"]?.string == "3")
        let start = String(decoding: try #require(page["LastEvaluatedKey"]).bytes, as: UTF8.self)
        let rest = try await database.call("Query", Self.query + #","ExclusiveStartKey":\#(start)}"#)
        #expect(rest["Count"]?.int == 1)
        #expect(rest["LastEvaluatedKey"] == nil)
    }

    @Test("A page with a long filter ends early, and the rest follows")
    func longFilter() async throws {
        let database = try await TestDatabase()
        for first in stride(from: 0, to: 3000, by: 25) {
            let puts = (first..<first + 25).map { #"{"PutRequest":{"Item":{"p":{"S":"\#($0)"}}}}"# }
            try await database.call(
                "BatchWriteItem", #"{"RequestItems":{"plain":[\#(puts.joined(separator: ","))]}}"#)
        }
        let values = (0..<100).map { _ in ":v" }.joined(separator: ",")
        let filter = (["attribute_exists(p)"] + (0..<13).map { _ in "p IN (\(values))" }).joined(separator: " OR ")
        let scan = #"""
            "TableName":"plain","Select":"COUNT","FilterExpression":"\#(filter)",
            "ExpressionAttributeValues":{":v":{"S":"7"}}
            """#
        let page = try await database.call("Scan", "{\(scan)}")
        #expect(page["ScannedCount"]?.int == 12_000_000 / filter.utf8.count)
        let start = String(decoding: try #require(page["LastEvaluatedKey"]).bytes, as: UTF8.self)
        let rest = try await database.call("Scan", #"{\#(scan),"ExclusiveStartKey":\#(start)}"#)
        #expect((page["Count"]?.int ?? 0) + (rest["Count"]?.int ?? 0) == 3000)
        #expect(rest["LastEvaluatedKey"] == nil)
    }

    @Test("BatchGetItem returns up to 1 MB of a table and the rest as UnprocessedKeys")
    func unprocessedKeys() async throws {
        let database = try await TestDatabase()
        try await put(5, ofSize: 256 * 1024, into: database)
        let keys = (1...5).map { #"{"p":{"S":"a"},"s":{"N":"\#($0)"}}"# }.joined(separator: ",")
        let response = try await database.call("BatchGetItem", #"{"RequestItems":{"sorted":{"Keys":[\#(keys)]}}}"#)
        #expect(response["Responses"]?["sorted"]?.array?.count == 4)
        #expect(response["UnprocessedKeys"]?["sorted"]?["Keys"]?.array?.count == 1)
        let rest = try #require(response["UnprocessedKeys"]).bytes
        let last = try await database.call(
            "BatchGetItem", #"{"RequestItems":\#(String(decoding: rest, as: UTF8.self))}"#)
        #expect(last["Responses"]?["sorted"]?[0]?["s"]?["N"]?.string == "5")
        #expect(last["UnprocessedKeys"] == [:])
    }

    @Test("A NULL value other than true is a validation error")
    func nullText() async throws {
        let database = try await TestDatabase()
        for value in [#""no""#, "false"] {
            let put = #"{"TableName":"plain","Item":{"p":{"S":"a"},"n":{"NULL":\#(value)}}}"#
            #expect(
                try await database.failure("PutItem", put)
                    == "ValidationException: One or more parameter values were invalid: "
                    + "Null attribute value types must have the value of true"
            )
        }
    }

    @Test("BatchWriteItem reports an invalid item before a missing table")
    func invalidItemBesideMissingTable() async throws {
        let database = try await TestDatabase()
        let invalid = #"[{"PutRequest":{"Item":{"p":{}}}}]"#
        let valid = #"[{"PutRequest":{"Item":{"p":{"S":"a"}}}}]"#
        for requests in [#"{"missing":\#(invalid)}"#, #"{"missing":\#(valid),"plain":\#(invalid)}"#] {
            let failure = try await database.failure("BatchWriteItem", #"{"RequestItems":\#(requests)}"#)
            #expect(failure.hasPrefix("ValidationException: Supplied AttributeValue is empty"))
        }
        let failure = try await database.failure("BatchWriteItem", #"{"RequestItems":{"missing":\#(valid)}}"#)
        #expect(failure.hasPrefix("ResourceNotFoundException"))
    }

    /// Like the expression with which `HaikuTable` recognizes a repeated like, but with 64 attributes instead of 32.
    @Test("An update shifts 64 attributes, and an IN condition finds a shifted value")
    func shift() async throws {
        let database = try await TestDatabase()
        let (names, marks) = ((0..<64).map { "m\($0)" }, 70)
        let shifts = (1..<64).map { "m\($0) = if_not_exists(m\($0 - 1), :none)" }
        func like(_ mark: Int) -> String {
            """
            {"TableName":"plain","Key":{"p":{"S":"a"}},"UpdateExpression":"SET \(shifts.joined(separator: ", ")), m0 = :mark ADD likes :one",
             "ConditionExpression":"NOT (:mark IN (\(names.joined(separator: ", "))))",
             "ExpressionAttributeValues":{":mark":{"S":"\(mark)"},":none":{"S":""},":one":{"N":"1"}}}
            """
        }
        for mark in 0..<marks { try await database.call("UpdateItem", like(mark)) }
        let failure = try await database.failure("UpdateItem", like(marks - 64))
        #expect(failure == "ConditionalCheckFailedException: The conditional request failed")
        try await database.call("UpdateItem", like(marks - 65))
        let get =
            ##"{"TableName":"plain","Key":{"p":{"S":"a"}},"ProjectionExpression":"#l, m0, m63","ExpressionAttributeNames":{"#l":"likes"}}"##
        let item = try await database.call("GetItem", get)["Item"]
        #expect(item == ["likes": ["N": "71"], "m0": ["S": "5"], "m63": ["S": "7"]])
    }

    @Test("A projection of whole attributes returns them as they are stored")
    func wholeAttributes() async throws {
        let database = try await TestDatabase()
        let item =
            ##"{"p":{"S":"a"},"x\"y":{"M":{"z":{"L":[{"N":"1"},{"B":"AQ=="}]}}},"other":{"S":"no"},"é":{"S":"q\"\\"}}"##
        try await database.call("PutItem", #"{"TableName":"plain","Item":\#(item)}"#)
        let names = ##"{"#x":"x\"y","#e":"é","#m":"missing"}"##
        let get =
            ##"{"TableName":"plain","Key":{"p":{"S":"a"}},"ProjectionExpression":"#e,#x,#m","ExpressionAttributeNames":\##(names)}"##
        #expect(
            try await database.call("GetItem", get)["Item"] == [
                "x\"y": ["M": ["z": ["L": [["N": "1"], ["B": "AQ=="]]]]], "é": ["S": "q\"\\"],
            ])
    }

    @Test(
        "A projection finds whole attributes among values with quotation marks, backslashes and braces",
        arguments: [
            ["a"], ["b", "d"], ["c", "e", "g"], ["e", "a"], ["g", "f", "e", "d", "c", "b", "a", "p"], ["absent", "f"],
        ])
    func wholeAttributesBetweenOthers(names: [String]) async throws {
        let database = try await TestDatabase()
        let item = try JSONValue(
            parsing: Array(
                ##"""
                {"p":{"S":"p"},"a":{"S":"\\"},"b":{"S":"\"}"},"c":{"M":{"c":{"L":[{"S":"}]"},{"NULL":true},{"M":{}}]}}},
                 "d":{"SS":["\\\\\"","{\""]},"e":{"BOOL":true},"f":{"S":""},"g":{"L":[]},"e\"f":{"S":"古池や"}}
                """##.utf8))
        let text = String(decoding: item.bytes, as: UTF8.self)
        try await database.call("PutItem", #"{"TableName":"plain","Item":\#(text)}"#)
        let get =
            #"{"TableName":"plain","Key":{"p":{"S":"p"}},"ProjectionExpression":"\#(names.joined(separator: ","))"}"#
        let expected = (item.object ?? [:]).filter { names.contains($0.key) }
        #expect(try await database.call("GetItem", get)["Item"] == .object(expected))
    }
}
