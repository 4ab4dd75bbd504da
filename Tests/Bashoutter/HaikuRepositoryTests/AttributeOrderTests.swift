import Haiku
import HaikuRepository
import JSON
import Testing

/// `ItemTranscoder` expects the attributes in the order of earlier items. The result must not depend on that order.
@Suite
struct AttributeOrderTests {
    private static let usual = [
        #""item_id":{"S":"i1"}"#, #""username":{"S":"芭蕉"}"#, #""first":{"S":"古池や"}"#, #""second":{"S":"a\"b"}"#,
        #""third":{"S":""}"#, #""likes":{"N":"7"}"#, #""created_at":{"S":"t"}"#, #""feed":{"S":"0"}"#,
        #""posted_at":{"N":"5"}"#,
    ]

    private static let variants: [[String]] = [
        usual,
        usual.reversed(),
        Array(usual.dropFirst()),
        Array(usual.dropLast(4)),
        [#""last_like":{"S":"r"}"#] + usual,
        usual + [#""tags":{"SS":["a"]}"#, #""first":{"S":"last"}"#],
        usual.map { $0.replacing(#""S":"#, with: #""S": "#) },
        usual.map { $0.replacing(#"":{"#, with: #"": {"#) },
        usual.map { $0.replacing(#"{"N":"7"}"#, with: #"{"S":"many"}"#) },
        usual.map { $0.replacing(#"{"S":"古池や"}"#, with: #"{"BOOL":true}"#) },
        usual.map { $0.replacing(#""first""#, with: #""\u0066irst""#) },
        [],
    ]

    @Test(arguments: variants.indices, variants.indices)
    func `an item is transcoded alike after any other item`(first: Int, second: Int) async throws {
        let variants = [Self.variants[first], Self.variants[second]]
        var separately: [JSONValue] = []
        for variant in variants { separately += try await Self.haiku([variant]) }
        #expect(try await Self.haiku(variants + variants) == separately + separately)
    }

    @Test
    func `the usual item is transcoded after itself`() async throws {
        let haiku: JSONValue = [
            "item_id": "i1", "username": "芭蕉", "first": "古池や", "second": "a\"b", "third": "", "likes": 7,
            "created_at": "t",
        ]
        #expect(try await Self.haiku([Self.usual, Self.usual, Self.usual]) == [haiku, haiku, haiku])
    }

    private static func haiku(_ items: [[String]]) async throws -> [JSONValue] {
        let database = FakeDynamoDB()
        let objects = items.map { "{\($0.joined(separator: ","))}" }
        database.respond(with: #"{"Items":[\#(objects.joined(separator: ","))]}"#)
        let table = HaikuTable(named: "haiku", shards: .one, in: database)
        let page = try await table.page(limit: nil, from: nil, deadline: .now + .seconds(1))
        return try JSONValue(parsing: page.json).array ?? []
    }
}
