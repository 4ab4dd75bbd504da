import DynamoDB
import Haiku
import HaikuRepository
import JSON
import Testing

private let id = "0123456789abcdef0123456789abcdef"
private let deadline = ContinuousClock.now + .seconds(60)

private func table(_ database: FakeDynamoDB, shards: Int = 1) throws -> HaikuTable {
    HaikuTable(named: "haiku", shards: try #require(FeedShards(shards)), in: database)
}

private func conditionFailed(item: JSONValue? = nil, attempts: Int = 1) -> DynamoDBError {
    DynamoDBError(.exception(DynamoDBException(.conditionalCheckFailed, item: item?.bytes)), attempts: attempts)
}

@Suite
struct HaikuTablePagingTests {
    typealias Item = FakeDynamoDB.Item

    /// Follows the cursors to the last page and returns the ids on each.
    static func pages(
        of table: HaikuTable, limit: Int?, between: (Int) -> Void = { _ in }
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor: Cursor?
        repeat {
            // Through its text, as clients return it.
            cursor = try cursor.map { try #require(Cursor("\($0)")) }
            let page = try await table.page(limit: limit, from: cursor, deadline: deadline)
            pages.append(try JSONValue(parsing: page.json).array?.compactMap { $0["item_id"]?.string } ?? [])
            cursor = page.nextCursor
            between(pages.count)
        } while cursor != nil && pages.count < 100
        return pages
    }

    static func items(_ count: Int, shards: Int, perMicrosecond: Int = 1) -> [Item] {
        (0..<count).map { number in
            Item(
                id: "id\(1000 + number)", feed: "\(number * 7 % shards)", postedAt: 1_000_000 + number / perMicrosecond)
        }
    }

    @Test(arguments: [(1, 1), (1, 4), (3, 1), (3, 4), (16, 40)], [1, 2, 5, 7, 40])
    func `following the cursors shows every haiku once, newest first`(shape: (shards: Int, ties: Int), limit: Int)
        async throws
    {
        let items = Self.items(40, shards: shape.shards, perMicrosecond: shape.ties)
        let database = FakeDynamoDB(items.reversed(), pageSize: 5)
        let pages = try await Self.pages(of: table(database, shards: shape.shards), limit: limit)
        let shown = pages.joined()
        #expect(shown.count == 40)
        #expect(Set(shown) == Set(items.map(\.id)))
        let times = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0.postedAt) })
        let order = shown.compactMap { times[$0] }
        #expect(order == order.sorted(by: >))
        #expect(pages.dropLast().allSatisfy { $0.count == limit })
        #expect(pages.last?.isEmpty == false, "no cursor leads to an empty page")
    }

    @Test(arguments: [1, 3])
    func `posts and deletions between two pages do not affect other haiku`(shards: Int) async throws {
        let items = Self.items(30, shards: shards, perMicrosecond: 2)
        let database = FakeDynamoDB(items)
        var deleted: Set<String> = []
        var shownLast = ""
        let pages = try await Self.pages(of: table(database, shards: shards), limit: 4) { page in
            database.add(Item(id: "new\(page)", feed: "0", postedAt: 2_000_000 + page))
            // The last haiku of the page, so that the cursor refers to an item that no longer exists.
            shownLast = "id\(1000 + 30 - page * 4)"
            deleted.insert(shownLast)
            database.remove(shownLast)
        }
        let shown = pages.joined().filter { !deleted.contains($0) }
        #expect(shown.count == Set(shown).count)
        #expect(Set(shown) == Set(items.map(\.id)).subtracting(deleted))
    }

    @Test
    func `the number of shards may grow between two pages`() async throws {
        let items = Self.items(20, shards: 2)
        let database = FakeDynamoDB(items)
        let first = try await table(database, shards: 2).page(limit: 6, from: nil, deadline: deadline)
        let rest = try await table(database, shards: 5).page(limit: 20, from: first.nextCursor, deadline: deadline)
        #expect(try JSONValue(parsing: rest.json).array?.count == 14)
        #expect(rest.nextCursor == nil)
    }

    @Test
    func `without a limit a page holds as many as fit in 1 MiB`() async throws {
        let long: JSONValue = ["S": .string(String(repeating: "字", count: 10_000))]
        let items = Self.items(50, shards: 1).map {
            Item(id: $0.id, feed: "0", postedAt: $0.postedAt, more: ["first": long])
        }
        let database = FakeDynamoDB(items, pageSize: 8)
        var sizes: [Int] = []
        var cursor: Cursor?
        repeat {
            let page = try await table(database).page(limit: nil, from: cursor, deadline: deadline)
            sizes.append(page.json.count)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(sizes.count == 2)
        #expect(sizes.allSatisfy { $0 <= 1 << 20 })
        #expect(sizes[0] > (1 << 20) - 31_000, "no further haiku fits")
    }

    @Test
    func `an item is transcoded to exactly the seven keys, with its escapes`() async throws {
        let more: [String: JSONValue] = ["last_like": ["S": "r"], "extra": ["M": ["a": ["L": [["NULL": true]]]]]]
        let page = try await table(FakeDynamoDB([Item(id: id, feed: "0", postedAt: 5, more: more)]))
            .page(limit: 1, from: nil, deadline: deadline)
        #expect(
            String(decoding: page.json, as: UTF8.self)
                == #"[{"item_id":"\#(id)","username":"芭蕉","first":"古池や","second":"蛙\"飛び込む\"","third":"水の音","likes":3,"created_at":"t5"}]"#
        )
    }

    @Test
    func `if the index is empty, the table is scanned, newest first within a page`() async throws {
        let items = (0..<9).map { Item(id: "id\($0)", feed: nil, postedAt: 100 + $0 * 7 % 9) }
        let database = FakeDynamoDB(items, pageSize: 2)
        let pages = try await Self.pages(of: table(database), limit: 4)
        #expect(pages.map(\.count) == [4, 4, 1])
        #expect(Set(pages.joined()).count == 9)
        #expect(
            pages[0]
                == ["id1", "id2", "id3", "id0"].sorted {
                    items[Int($0.dropFirst(2))!].postedAt > items[Int($1.dropFirst(2))!].postedAt
                })
    }

    @Test
    func `an item with attributes of another type still has seven keys`() async throws {
        let more: [String: JSONValue] = ["likes": ["S": "many"], "first": ["BOOL": true], "third": ["N": "17"]]
        let page = try await table(FakeDynamoDB([Item(id: id, feed: nil, postedAt: 5, more: more)]))
            .page(limit: nil, from: nil, deadline: deadline)
        let haiku = try JSONValue(parsing: page.json)[0]
        #expect(haiku?["likes"] == 0)
        #expect(haiku?["first"] == "")
        #expect(haiku?["third"] == "17")
        #expect(haiku?.object?.count == 7)
    }

    /// An item of about `size` bytes.
    static func item(_ number: Int, feed: String?, postedAt: Int, size: Int) -> Item {
        Item(
            id: "id\(10_000 + number)", feed: feed, postedAt: postedAt,
            more: ["third": ["S": .string(String(repeating: "x", count: size))]])
    }

    @Test(arguments: [nil, "0"])
    func `the bound of 1 MiB holds with a limit too`(feed: String?) async throws {
        let database = FakeDynamoDB((0..<9).map { Self.item($0, feed: feed, postedAt: $0, size: 390_000) })
        let pages = try await Self.pages(of: table(database), limit: 30)
        #expect(pages.map(\.count) == [2, 2, 2, 2, 1])
        #expect(Set(pages.joined()).count == 9)
    }

    @Test(arguments: [nil, 30])
    func `an item larger than the bound is a page of its own`(limit: Int?) async throws {
        // In JSON, each control character takes six bytes.
        let huge: JSONValue = ["S": .string(String(repeating: "\u{1}", count: 150_000))]
        let database = FakeDynamoDB(
            [1, 2, 3].map {
                Item(id: "id\($0)", feed: "0", postedAt: $0, more: $0 == 2 ? ["third": huge, "first": huge] : [:])
            })
        let pages = try await Self.pages(of: table(database), limit: limit)
        #expect(pages == [["id3"], ["id2"], ["id1"]])
    }

    @Test(
        arguments: [1, 4, 256],
        [(nil, 300, 4000), (1000, 300, 1500), (30, 300, 1500), (1000, 100_000, 300)]
            as [(limit: Int?, size: Int, count: Int)])
    func `a page reads less than twice its bytes plus one item of each shard`(
        shards: Int, shape: (limit: Int?, size: Int, count: Int)
    ) async throws {
        var random = SplitMix64(state: 1)
        let database = FakeDynamoDB(
            (0..<shape.count).map { number in
                let feed = Int.random(in: 0..<shards, using: &random)
                return Self.item(number, feed: "\(feed)", postedAt: number, size: shape.size)
            })
        let page = try await table(database, shards: shards).page(limit: shape.limit, from: nil, deadline: deadline)
        // The keys and types of DynamoDB's JSON double the size of a small haiku.
        let returned = try #require(JSONValue(parsing: page.json).array).count * (shape.size + 400)
        #expect(database.bytesRead < 2 * returned + shards * (shape.size + 400))
        #expect(page.nextCursor != nil)
    }

    @Test
    func `every haiku is listed once even if batches of large items are released`() async throws {
        let items = (0..<90).map { Self.item($0, feed: "\($0 * 7 % 40)", postedAt: $0 / 3, size: 200_000) }
        let database = FakeDynamoDB(items)
        let pages = try await Self.pages(of: table(database, shards: 40), limit: nil)
        #expect(pages.joined().count == 90)
        #expect(Set(pages.joined()).count == 90)
        let times = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0.postedAt) })
        let order = pages.joined().compactMap { times[$0] }
        #expect(order == order.sorted(by: >))
    }

    /// Each shard has some small haiku before its large ones, so that it is read in several batches for one page.
    @Test(arguments: [2, 3], [nil, 7])
    func `a batch that is released before it was used is read again from its own start`(pageSize: Int, limit: Int?)
        async throws
    {
        let items = (0..<60).map { number in
            let (shard, rank) = (number % 12, number / 12)
            return Self.item(
                number, feed: "\(shard)", postedAt: 100 - 10 * rank + shard / 2, size: rank < 3 ? 1 : 300_000)
        }
        let pages = try await Self.pages(of: table(FakeDynamoDB(items, pageSize: pageSize), shards: 12), limit: limit)
        #expect(pages.joined().count == 60)
        #expect(Set(pages.joined()).count == 60)
    }

    @Test(arguments: [(-1, [3]), (1, [2, 1])])
    func `a page has at most 1 MiB`(excess: Int, counts: [Int]) async throws {
        func items(_ sizes: [Int]) -> [Item] {
            sizes.enumerated().map { Self.item($0, feed: "0", postedAt: 10 + $0, size: $1) }
        }
        let empty = try await table(FakeDynamoDB(items([0, 0, 0]))).page(limit: nil, from: nil, deadline: deadline)
        let size = (1 << 20) + excess - empty.json.count
        let database = FakeDynamoDB(items([size - 2 * (size / 3), size / 3, size / 3]), pageSize: 1)
        #expect(try await Self.pages(of: table(database), limit: nil).map(\.count) == counts)
    }

    @Test(arguments: ["abc", "+5", ".5", "5.", "0x1", "", "1e", "NaN"])
    func `a number of likes that is not a JSON number is listed as 0`(likes: String) async throws {
        let database = FakeDynamoDB([Item(id: id, feed: "0", postedAt: 1, more: ["likes": ["N": .string(likes)]])])
        let page = try await table(database).page(limit: 1, from: nil, deadline: deadline)
        #expect(try JSONValue(parsing: page.json)[0]?["likes"] == 0)
    }

    @Test(arguments: [1, 3, 128], [1, 2, 7, 1000])
    func `cursors stay below 2,000 bytes and are accepted, with equal times and long ids`(shards: Int, limit: Int)
        async throws
    {
        let items = (0..<60).map { number in
            Item(
                id: "id\(1000 + number)" + String(repeating: "長", count: 460), feed: "\(number * 7 % shards)",
                postedAt: number / 40)
        }
        let database = FakeDynamoDB(items, pageSize: 5)
        let table = try table(database, shards: shards)
        var shown: [String] = []
        var cursor: Cursor?
        repeat {
            let page = try await table.page(limit: limit, from: cursor, deadline: deadline)
            shown += try JSONValue(parsing: page.json).array?.compactMap { $0["item_id"]?.string } ?? []
            if let next = page.nextCursor { #expect("\(next)".utf8.count < 2000) }
            cursor = try page.nextCursor.map { try #require(Cursor("\($0)")) }
        } while cursor != nil
        #expect(shown.count == 60)
        #expect(Set(shown) == Set(items.map(\.id)))
    }

    @Test(arguments: ["0", nil])
    func `a page continues after an id that is too long for a cursor`(feed: String?) async throws {
        let items = (0..<9).map { number in
            let long = number % 3 == 0 ? "" : String(repeating: "l", count: 2000)
            return Item(id: "id\(number)\(long)", feed: feed, postedAt: 1)
        }
        let database = FakeDynamoDB(items)
        let pages = try await Self.pages(of: table(database), limit: 1)
        #expect(pages.joined().count == 9)
        #expect(Set(pages.joined()) == Set(items.map(\.id)))
        #expect(pages.count >= 3)
    }

    @Test(arguments: [1, 4], [1, 3, 100])
    func `haiku are listed in the order of any numbers that DynamoDB can store`(shards: Int, limit: Int) async throws {
        // Descending.
        let numbers = [
            "1E+125", "12345678901234567890123456789012345678", "9223372036854775808", "1593999964000001",
            "1593999964000000.25", "1593999964000000", "0.5", "1E-100", "0", "-0.5", "-1", "-9223372036854775809",
            "-1E+30",
        ]
        let items = numbers.enumerated().map { position, number in
            Item(id: "id\(100 + position)", feed: "\(position % shards)", postedAt: 0, number: number)
        }
        let pages = try await Self.pages(of: table(FakeDynamoDB(items.reversed()), shards: shards), limit: limit)
        #expect(Array(pages.joined()) == items.map(\.id))
    }

    @Test(arguments: [1, 4])
    func `a page of 30 small haiku takes one query of each shard`(shards: Int) async throws {
        let database = FakeDynamoDB(Self.items(400, shards: shards))
        _ = try await table(database, shards: shards).page(limit: 30, from: nil, deadline: deadline)
        #expect(database.requests.count == shards)
    }

    @Test
    func `only a haiku's attributes and posted_at are requested, not the marks of its likes`() async throws {
        let database = FakeDynamoDB()
        _ = try await table(database).page(limit: 1, from: nil, deadline: deadline)
        #expect(database.requests.map(\.operation) == [.query, .scan])
        for request in database.requests {
            #expect(
                request.body["ProjectionExpression"] == "item_id,username,#f,#s,third,likes,created_at,posted_at")
            #expect(request.body["ExpressionAttributeNames"] == ["#f": "first", "#s": "second"])
        }
    }

    @Test
    func `a malformed response is an error, not a crash`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: #"{"Items":[{"item_id":"no attribute value"}]}"#)
        await #expect {
            _ = try await table(database).page(limit: 1, from: nil, deadline: deadline)
        } throws: { error in
            guard case .failed? = error as? HaikuRepositoryError else { return false }
            return true
        }
    }
}

@Suite
struct HaikuTableItemTests {
    let haiku: Haiku
    let mark = LikeMark(0x0102_0304)

    init() throws {
        haiku = Haiku(
            id: try #require(HaikuID(id)),
            poem: try Poem(username: "芭蕉", first: "a", second: "b", third: "c"),
            postedAt: Timestamp(microseconds: 1_593_999_964_000_001)
        )
    }

    @Test
    func `a new haiku is put with its index keys, on the condition that its id is new`() async throws {
        let database = FakeDynamoDB()
        #expect(try await table(database, shards: 4).add(haiku, deadline: deadline) == .added)
        let request = try #require(database.requests.first)
        #expect(request.operation == .putItem)
        #expect(request.deadline == deadline)
        #expect(
            request.body == [
                "TableName": "haiku", "ConditionExpression": "attribute_not_exists(item_id)",
                "Item": [
                    "item_id": ["S": .string(id)], "username": ["S": "芭蕉"], "first": ["S": "a"], "second": ["S": "b"],
                    "third": ["S": "c"], "likes": ["N": "0"], "created_at": ["S": "2020-07-06T01:46:04+00:00"],
                    "feed": ["S": "3"], "posted_at": ["N": "1593999964000001"],
                ],
            ])
    }

    @Test(arguments: [(1, HaikuAddition.alreadyExists), (2, .added), (3, .added)])
    func `a failed condition means that the id exists, or on a retry that an earlier attempt succeeded`(
        attempts: Int, addition: HaikuAddition
    ) async throws {
        let database = FakeDynamoDB()
        database.fail(with: conditionFailed(attempts: attempts))
        #expect(try await table(database).add(haiku, deadline: deadline) == addition)
    }

    @Test
    func `a like returns the new count`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: #"{"Attributes":{"last_like":{"S":"r"},"likes":{"N":"8"}}}"#)
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline) == JSONNumber(8))
        let body = try #require(database.requests.first?.body)
        #expect(body["Key"] == ["item_id": ["S": .string(id)]])
    }

    @Test
    func `a like puts its mark in front of the marks of the last 32 likes, unless it is among them`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: #"{"Attributes":{"m0":{"B":"AQIDBA=="},"likes":{"N":"8"}}}"#)
        _ = try await table(database).like(haiku.id, mark: mark, deadline: deadline)
        let body = try #require(database.requests.first?.body)
        let update = try #require(body["UpdateExpression"]?.string)
        #expect(update.hasPrefix("SET m0=:mark,m1=if_not_exists(m0,:none),m2=if_not_exists(m1,:none),"))
        #expect(update.hasSuffix(",mv=if_not_exists(mu,:none) ADD likes :one"))
        let condition = try #require(body["ConditionExpression"]?.string)
        #expect(condition.hasPrefix("attribute_exists(item_id) AND (attribute_not_exists(m0) OR NOT :mark IN (m0,m1,"))
        #expect(condition.hasSuffix(",mu,mv))"))
        #expect(condition.split(separator: ",").count == HaikuTable.rememberedLikes)
        // Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 4 KB for an expression.
        #expect(update.utf8.count < 4096)
        #expect(
            body["ExpressionAttributeValues"] == [
                ":one": ["N": "1"], ":mark": ["B": "AQIDBA=="], ":none": ["B": ""],
            ])
    }

    @Test(arguments: ["0.5", "-3", "1E+30", "100000000000000000000000000000"])
    func `a stored number of likes is returned as it is`(likes: String) async throws {
        let database = FakeDynamoDB()
        database.respond(with: #"{"Attributes":{"likes":{"N":"\#(likes)"}}}"#)
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline)?.text == likes)
        let item: JSONValue = ["likes": ["N": .string(likes)]]
        database.fail(with: conditionFailed(item: item, attempts: 2))
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline)?.text == likes)
        let listed = FakeDynamoDB([.init(id: id, feed: "0", postedAt: 1, more: ["likes": ["N": .string(likes)]])])
        let page = try await table(listed).page(limit: 1, from: nil, deadline: deadline)
        #expect(try JSONValue(parsing: page.json)[0]?["likes"] == .number(try #require(JSONNumber(likes))))
    }

    @Test
    func `a like of a haiku whose likes are not a number is a conflict`() async throws {
        let database = FakeDynamoDB()
        database.fail(with: DynamoDBError(.exception(DynamoDBException(.other("ValidationException"), message: "m"))))
        await #expect {
            _ = try await table(database).like(haiku.id, mark: mark, deadline: deadline)
        } throws: { error in
            guard case .conflict? = error as? HaikuRepositoryError else { return false }
            return true
        }
    }

    @Test
    func `a like whose mark the item already has returns the stored number`() async throws {
        let database = FakeDynamoDB()
        database.fail(with: conditionFailed(item: ["likes": ["N": "8"], "m3": ["B": "AQIDBA=="]], attempts: 2))
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline) == JSONNumber(8))
        // Another tool may have removed the number meanwhile. The haiku still exists.
        database.fail(with: conditionFailed(item: ["m3": ["B": "AQIDBA=="]], attempts: 2))
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline) == JSONNumber(0))
    }

    @Test
    func `a like of an unknown haiku returns nil`() async throws {
        let database = FakeDynamoDB()
        database.fail(with: conditionFailed())
        #expect(try await table(database).like(haiku.id, mark: mark, deadline: deadline) == nil)
    }

    @Test
    func `one haiku is read from the table itself, with strong consistency`() async throws {
        let database = FakeDynamoDB()
        database.respond(with: "{}")
        #expect(try await table(database).json(of: haiku.id, deadline: deadline) == nil)
        #expect(database.requests.first?.body["ConsistentRead"] == true)
        #expect(database.requests.first?.body["IndexName"] == nil)
        #expect(database.requests.first?.body["ProjectionExpression"]?.string?.contains("m0") == false)
    }

    static let failures: [(DynamoDBError, HaikuRepositoryError?)] = [
        (DynamoDBError(.exception(DynamoDBException(.provisionedThroughputExceeded))), .throttled),
        (DynamoDBError(.exception(DynamoDBException(.throttling)), attempts: 3), .throttled),
        (DynamoDBError(.timedOut), nil), (DynamoDBError(.checksumMismatch), nil),
        (DynamoDBError(.exception(DynamoDBException(.serviceUnavailable, status: 503))), nil),
        // A proxy or load balancer responds without the name of an exception.
        (DynamoDBError(.exception(DynamoDBException(.other(""), status: 502))), nil),
        (DynamoDBError(.exception(DynamoDBException(.other(""), status: 503))), nil),
        (DynamoDBError(.exception(DynamoDBException(.other(""), status: 504))), nil),
    ]

    @Test(arguments: failures)
    func `throttling becomes throttled, and timeouts, damaged responses and 502 to 504 become unavailable`(
        cause: DynamoDBError, expected: HaikuRepositoryError?
    ) async throws {
        let database = FakeDynamoDB()
        database.fail(with: cause)
        await #expect {
            try await table(database).remove(haiku.id, deadline: deadline)
        } throws: { error in
            if let expected { return error as? HaikuRepositoryError == expected }
            guard case .unavailable? = error as? HaikuRepositoryError else { return false }
            return true
        }
    }
}

/// Random numbers that are the same in every run.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
