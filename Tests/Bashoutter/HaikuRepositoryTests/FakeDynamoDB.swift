import DynamoDB
import Haiku
import JSON
import NIOCore
import Synchronization

/// A fake DynamoDB that records requests. Prepared responses come first, whatever the operation. Then it responds to
/// Query and Scan from its items, page by page as DynamoDB does, and to other operations with `{}`.
final class FakeDynamoDB: DynamoDBTransport {
    struct Item: Sendable {
        let id: String
        let feed: String?
        let postedAt: Int
        /// `posted_at`, if it is not ``postedAt``.
        var number: String?
        var more: [String: JSONValue] = [:]

        var time: FeedTime { number.flatMap { FeedTime($0.utf8) } ?? FeedTime(microseconds: Int64(postedAt)) }

        var json: JSONValue {
            var attributes: [String: JSONValue] = [
                "item_id": ["S": .string(id)], "username": ["S": "芭蕉"], "first": ["S": "古池や"],
                "second": ["S": "蛙\"飛び込む\""], "third": ["S": "水の音"], "likes": ["N": "3"],
                "created_at": ["S": .string("t\(postedAt)")],
            ]
            if let feed {
                attributes["feed"] = ["S": .string(feed)]
                attributes["posted_at"] = ["N": .string(number ?? "\(postedAt)")]
            }
            return .object(attributes.merging(more) { $1 })
        }
    }

    struct Request: Sendable {
        let operation: DynamoDBOperation
        let body: JSONValue
        let deadline: ContinuousClock.Instant?
    }

    /// An item with its JSON, which is written once, because debug builds write JSON slowly.
    private struct Stored {
        let item: Item
        let json: [UInt8]

        init(_ item: Item) {
            self.item = item
            json = item.json.bytes
        }
    }

    private struct State {
        var items: [Stored]
        var requests: [Request] = []
        var prepared: [Result<String, DynamoDBError>] = []
        var bytesRead = 0
    }

    private let state: Mutex<State>
    private let pageSize: Int

    /// - Parameter pageSize: The maximum number of items in a page. DynamoDB's limit is 1 MB.
    init(_ items: [Item] = [], pageSize: Int = .max) {
        state = Mutex(State(items: items.map(Stored.init)))
        self.pageSize = pageSize
    }

    var requests: [Request] { state.withLock { $0.requests } }
    /// The size of all responses that were not prepared, in bytes.
    var bytesRead: Int { state.withLock { $0.bytesRead } }

    func add(_ item: Item) { state.withLock { $0.items.append(Stored(item)) } }
    func remove(_ id: String) { state.withLock { $0.items.removeAll { $0.item.id == id } } }
    func respond(with json: String) { state.withLock { $0.prepared.append(.success(json)) } }
    func fail(with error: DynamoDBError) { state.withLock { $0.prepared.append(.failure(error)) } }

    func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse {
        let response: Result<String, DynamoDBError> = state.withLock { state in
            guard let body = try? JSONValue(parsing: body) else {
                return .failure(DynamoDBError(.malformedResponse("request")))
            }
            state.requests.append(Request(operation: operation, body: body, deadline: deadline))
            if !state.prepared.isEmpty { return state.prepared.removeFirst() }
            let response =
                switch operation {
                case .query: query(body, state.items)
                case .scan: scan(body, state.items)
                default: "{}"
                }
            state.bytesRead += response.utf8.count
            return .success(response)
        }
        return DynamoDBResponse(body: ByteBuffer(string: try response.get()))
    }

    private func query(_ body: JSONValue, _ items: [Stored]) -> String {
        let values = body["ExpressionAttributeValues"]
        let feed = values?[":feed"]?["S"]?.string
        let at = values?[":at"]?["N"]?.string.flatMap { FeedTime($0.utf8) }
        let includesBound = body["KeyConditionExpression"]?.string?.contains("<=") == true
        let start = body["ExclusiveStartKey"]
        let startTime = start?["posted_at"]?["N"]?.string.flatMap { FeedTime($0.utf8) }
        let startID = start?["item_id"]?["S"]?.string
        // Newest first. DynamoDB does not define the order of items with the same sort key.
        let found = items.lazy.filter { $0.item.feed == feed }.map { (time: $0.item.time, stored: $0) }
            .filter { found in
                guard at.map({ found.time < $0 || includesBound && found.time == $0 }) ?? true else { return false }
                guard let startTime, let startID else { return true }
                return (found.time, found.stored.item.id) < (startTime, startID)
            }
            .sorted { ($0.time, $0.stored.item.id) > ($1.time, $1.stored.item.id) }
            .map(\.stored)
        return page(found, body) { item in
            [
                "feed": ["S": .string(item.feed ?? "")], "posted_at": ["N": .string("\(item.time)")],
                "item_id": ["S": .string(item.id)],
            ]
        }
    }

    private func scan(_ body: JSONValue, _ items: [Stored]) -> String {
        let start = body["ExclusiveStartKey"]?["item_id"]?["S"]?.string ?? ""
        return page(items.filter { $0.item.id > start }.sorted { $0.item.id < $1.item.id }, body) {
            ["item_id": ["S": .string($0.id)]]
        }
    }

    private func page(_ found: [Stored], _ body: JSONValue, key: (Item) -> JSONValue) -> String {
        let limit = min(body["Limit"]?.int ?? .max, pageSize)
        var bytes = 0
        // Like DynamoDB, it returns at most 1 MB at once.
        let shown = found.prefix(limit).prefix { stored in
            defer { bytes += stored.json.count }
            return bytes == 0 || bytes + stored.json.count <= 1 << 20
        }
        var response = JSONWriter(capacity: bytes + 1024)
        response.object {
            $0.member("Count", shown.count)
            $0.key("Items")
            $0.array { for stored in shown { $0.raw(stored.json) } }
            // Like DynamoDB, it returns a key as soon as a limit is reached, even if no item follows.
            if let last = shown.last, shown.count == limit || shown.count < found.count {
                $0.key("LastEvaluatedKey")
                $0.value(key(last.item))
            }
            $0.member("ScannedCount", shown.count)
        }
        return String(decoding: response.bytes, as: UTF8.self)
    }
}
