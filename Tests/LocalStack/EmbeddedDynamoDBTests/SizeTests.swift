import JSON
import Testing

@Suite struct SizeTests {
    /// An item with the key `p` and the attribute `data`, whose names and values have `size` bytes together.
    private static func item(_ key: String, ofSize size: Int) -> String {
        let data = String(repeating: "x", count: size - "p".utf8.count - key.utf8.count - "data".utf8.count)
        return #"{"p":{"S":"\#(key)"},"data":{"S":"\#(data)"}}"#
    }

    @Test("An item of exactly 400 KB is stored, and one byte more is rejected", arguments: ["PutItem", "UpdateItem"])
    func largestItem(operation: String) async throws {
        let database = try await TestDatabase()
        for (size, isAccepted) in [(409_600, true), (409_601, false)] {
            let body: String
            if operation == "PutItem" {
                body = #"{"TableName":"plain","Item":\#(Self.item("k", ofSize: size))}"#
            } else {
                let data = String(repeating: "x", count: size - 6)
                body = """
                    {"TableName":"plain","Key":{"p":{"S":"k"}},"UpdateExpression":"SET #d = :d",\
                    "ExpressionAttributeNames":{"#d":"data"},"ExpressionAttributeValues":{":d":{"S":"\(data)"}}}
                    """
            }
            if isAccepted {
                try await database.call(operation, body)
            } else {
                #expect(try await database.failure(operation, body).hasPrefix("ValidationException: Item size"))
            }
        }
    }

    @Test("list_append counts an empty string as one byte")
    func emptyElements() async throws {
        let database = try await TestDatabase()
        let empty = Array(repeating: #"{"S":""}"#, count: 52_000).joined(separator: ",")
        try await database.call("PutItem", #"{"TableName":"plain","Item":{"p":{"S":"k"},"l":{"L":[\#(empty)]}}}"#)
        let update = "SET l = list_append(list_append(l, l), list_append(l, l))"
        try await database.call(
            "UpdateItem", #"{"TableName":"plain","Key":{"p":{"S":"k"}},"UpdateExpression":"\#(update)"}"#)
        let table = try await database.call("DescribeTable", #"{"TableName":"plain"}"#)["Table"]
        // The key has 2 bytes, the name of the list 1, and the list 3 and 1 for each element.
        #expect(table?["TableSizeBytes"]?.int == 2 + 1 + 3 + 4 * 52_000)
    }

    @Test("Query and Scan without Limit end a page after 1 MB", arguments: ["Query", "Scan"])
    func pages(operation: String) async throws {
        let database = try await TestDatabase()
        let data = String(repeating: "x", count: 100_000)
        for number in 0..<25 {
            let item = #"{"p":{"S":"k"},"s":{"N":"\#(number)"},"data":{"S":"\#(data)"}}"#
            try await database.call("PutItem", #"{"TableName":"sorted","Item":\#(item)}"#)
        }
        let condition =
            operation == "Scan"
            ? "" : #","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"k"}}"#
        var (counts, start) = ([Int](), "")
        repeat {
            let page = try await database.call(operation, #"{"TableName":"sorted"\#(condition)\#(start)}"#)
            counts.append(try #require(page["Items"]?.array?.count))
            start =
                page["LastEvaluatedKey"].map { #","ExclusiveStartKey":\#(String(decoding: $0.bytes, as: UTF8.self))"# }
                ?? ""
        } while !start.isEmpty && counts.count < 10
        // Ten items have 1,000,089 bytes; an eleventh would exceed 1 MB (1,048,576).
        #expect(counts == [10, 10, 5])
    }
}
