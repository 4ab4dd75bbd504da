import DynamoDB
import JSON
import NIOCore
import Synchronization

/// Stands in for DynamoDB: keeps what it was asked, and answers Query and Scan from `items` as DynamoDB does, page by
/// page, and the other operations as it was told.
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
        var answers: [Result<String, DynamoDBError>] = []
    }

    private let state: Mutex<State>
    private let pageSize: Int

    /// - Parameter pageSize: How many items a Query or Scan returns at most: what 1 MB is to DynamoDB.
    init(_ items: [Item] = [], pageSize: Int = .max) {
        state = Mutex(State(items: items))
        self.pageSize = pageSize
    }

    var requests: [Request] { state.withLock { $0.requests } }

    func add(_ item: Item) { state.withLock { $0.items.append(item) } }
    func remove(_ id: String) { state.withLock { $0.items.removeAll { $0.id == id } } }
    func answer(_ json: String) { state.withLock { $0.answers.append(.success(json)) } }
    func refuse(_ error: DynamoDBError) { state.withLock { $0.answers.append(.failure(error)) } }

    func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse {
        let answer: Result<String, DynamoDBError> = state.withLock { state in
            guard let body = try? JSONValue(parsing: body) else { return .failure(DynamoDBError(.malformedResponse("request"))) }
            state.requests.append(Request(operation: operation, body: body, deadline: deadline))
            if !state.answers.isEmpty { return state.answers.removeFirst() }
            switch operation {
            case .query: return .success(query(body, state.items))
            case .scan: return .success(scan(body, state.items))
            default: return .success("{}")
            }
        }
        return DynamoDBResponse(body: ByteBuffer(string: try answer.get()))
    }

    private func query(_ body: JSONValue, _ items: [Item]) -> String {
        let values = body["ExpressionAttributeValues"]
        let feed = values?[":feed"]?["S"]?.string
        let at = values?[":at"]?["N"]?.string.flatMap(Int.init) ?? .max
        let start = body["ExclusiveStartKey"]
        let startPostedAt = start?["posted_at"]?["N"]?.string.flatMap(Int.init) ?? .max
        let startID = start?["item_id"]?["S"]?.string
        // Newest first; those of one microsecond in an order that is DynamoDB's own business.
        let found = items.filter { $0.feed == feed && $0.postedAt <= at }
            .sorted { ($0.postedAt, $0.id) > ($1.postedAt, $1.id) }
            .filter { item in startID.map { (item.postedAt, item.id) < (startPostedAt, $0) } ?? true }
        return page(found, body) { item in
            ["feed": ["S": .string(item.feed ?? "")], "posted_at": ["N": .string("\(item.postedAt)")], "item_id": ["S": .string(item.id)]]
        }
    }

    private func scan(_ body: JSONValue, _ items: [Item]) -> String {
        let start = body["ExclusiveStartKey"]?["item_id"]?["S"]?.string ?? ""
        return page(items.filter { $0.id > start }.sorted { $0.id < $1.id }, body) { ["item_id": ["S": .string($0.id)]] }
    }

    private func page(_ found: [Item], _ body: JSONValue, key: (Item) -> JSONValue) -> String {
        let shown = found.prefix(min(body["Limit"]?.int ?? .max, pageSize))
        var reply: [String: JSONValue] = [
            "Items": .array(shown.map(\.json)), "Count": .number(JSONNumber(shown.count)),
            "ScannedCount": .number(JSONNumber(shown.count)),
        ]
        // Like DynamoDB, it says that there may be more as soon as a bound was reached.
        if let last = shown.last, shown.count == min(body["Limit"]?.int ?? .max, pageSize) {
            reply["LastEvaluatedKey"] = key(last)
        }
        return String(decoding: JSONValue.object(reply).bytes, as: UTF8.self)
    }
}
