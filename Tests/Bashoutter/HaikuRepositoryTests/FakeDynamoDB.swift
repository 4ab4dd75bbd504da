import DynamoDB
import JSON
import NIOCore
import Synchronization

/// A fake DynamoDB that records requests. It responds to Query and Scan from `items`, page by page as DynamoDB does, and
/// to every operation with the prepared responses first.
final class FakeDynamoDB: DynamoDBTransport {
    struct Item: Sendable {
        let id: String
        let feed: String?
        let postedAt: Int
        var more: [String: JSONValue] = [:]

        var json: JSONValue {
            var attributes: [String: JSONValue] = [
                "item_id": ["S": .string(id)], "username": ["S": "芭蕉"], "first": ["S": "古池や"],
                "second": ["S": "蛙\"飛び込む\""], "third": ["S": "水の音"], "likes": ["N": "3"],
                "created_at": ["S": .string("t\(postedAt)")],
            ]
            if let feed {
                attributes["feed"] = ["S": .string(feed)]
                attributes["posted_at"] = ["N": .string("\(postedAt)")]
            }
            return .object(attributes.merging(more) { $1 })
        }
    }

    struct Request: Sendable {
        let operation: DynamoDBOperation
        let body: JSONValue
        let deadline: ContinuousClock.Instant?
    }

    private struct State {
        var items: [Item]
        var requests: [Request] = []
        var prepared: [Result<String, DynamoDBError>] = []
    }

    private let state: Mutex<State>
    private let pageSize: Int

    /// - Parameter pageSize: The maximum number of items in a page. DynamoDB's limit is 1 MB.
    init(_ items: [Item] = [], pageSize: Int = .max) {
        state = Mutex(State(items: items))
        self.pageSize = pageSize
    }

    var requests: [Request] { state.withLock { $0.requests } }

    func add(_ item: Item) { state.withLock { $0.items.append(item) } }
    func remove(_ id: String) { state.withLock { $0.items.removeAll { $0.id == id } } }
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
            switch operation {
            case .query: return .success(query(body, state.items))
            case .scan: return .success(scan(body, state.items))
            default: return .success("{}")
            }
        }
        return DynamoDBResponse(body: ByteBuffer(string: try response.get()))
    }

    private func query(_ body: JSONValue, _ items: [Item]) -> String {
        let values = body["ExpressionAttributeValues"]
        let feed = values?[":feed"]?["S"]?.string
        let at = values?[":at"]?["N"]?.string.flatMap(Int.init) ?? .max
        let start = body["ExclusiveStartKey"]
        let startPostedAt = start?["posted_at"]?["N"]?.string.flatMap(Int.init) ?? .max
        let startID = start?["item_id"]?["S"]?.string
        // Newest first. DynamoDB does not define the order of items with the same sort key.
        let found = items.filter { $0.feed == feed && $0.postedAt <= at }
            .sorted { ($0.postedAt, $0.id) > ($1.postedAt, $1.id) }
            .filter { item in startID.map { (item.postedAt, item.id) < (startPostedAt, $0) } ?? true }
        return page(found, body) { item in
            [
                "feed": ["S": .string(item.feed ?? "")], "posted_at": ["N": .string("\(item.postedAt)")],
                "item_id": ["S": .string(item.id)],
            ]
        }
    }

    private func scan(_ body: JSONValue, _ items: [Item]) -> String {
        let start = body["ExclusiveStartKey"]?["item_id"]?["S"]?.string ?? ""
        return page(items.filter { $0.id > start }.sorted { $0.id < $1.id }, body) {
            ["item_id": ["S": .string($0.id)]]
        }
    }

    private func page(_ found: [Item], _ body: JSONValue, key: (Item) -> JSONValue) -> String {
        let shown = found.prefix(min(body["Limit"]?.int ?? .max, pageSize))
        var response: [String: JSONValue] = [
            "Items": .array(shown.map(\.json)), "Count": .number(JSONNumber(shown.count)),
            "ScannedCount": .number(JSONNumber(shown.count)),
        ]
        // Like DynamoDB, it returns a key as soon as a limit is reached, even if no item follows.
        if let last = shown.last, shown.count == min(body["Limit"]?.int ?? .max, pageSize) {
            response["LastEvaluatedKey"] = key(last)
        }
        return String(decoding: JSONValue.object(response).bytes, as: UTF8.self)
    }
}
