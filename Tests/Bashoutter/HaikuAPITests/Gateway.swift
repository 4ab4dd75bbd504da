import APIGateway
import Haiku
import HaikuAPI
import HaikuRepository
import JSON
import LambdaRuntime
import Logging
import NIOCore
import Synchronization

/// The four functions over one in-memory repository, invoked with API Gateway's events.
final class Gateway: Sendable {
    struct Response {
        let status: Int
        let headers: [String: String]
        let body: String

        var json: JSONValue? { try? JSONValue(parsing: body) }
        var description: String? { json?["description"]?.string }
    }

    let haiku = InMemoryHaiku()
    let format: ProxyRequest.PayloadFormat
    private let clock = Mutex<Int64>(1_593_999_964_000_000)
    private let ids: Mutex<[HaikuID]>
    private let listCacheSeconds: Int
    private let requests = Atomic<Int>(0)
    /// The deadline of every handler: a day from now, so that none is late on a slow machine.
    let handlerDeadline = ContinuousClock.now + .seconds(86_400)

    /// - Parameter ids: The ids of the first new haiku. Later ones have random ids.
    init(_ format: ProxyRequest.PayloadFormat = .version2, ids: [HaikuID] = [], listCacheSeconds: Int = 1) {
        self.format = format
        self.ids = Mutex(ids)
        self.listCacheSeconds = listCacheSeconds
    }

    /// Invokes a function with a request.
    ///
    /// - Parameter function: Its method; nil means `method`. GetHaiku serves every method that no other function has.
    func send(
        _ method: String,
        _ path: String,
        query: String = "",
        headers: [String: String] = [:],
        body: [UInt8]? = nil,
        base64 encoded: String? = nil,
        to function: String? = nil,
        initDuration: Duration? = nil
    ) async throws -> Response {
        let event = LambdaEvent(
            ByteBuffer(
                bytes: self.event(method, path, query: query, headers: headers, body: body, base64: encoded).bytes))
        let context = LambdaContext(
            requestID: "request-\(requests.add(1, ordering: .relaxed).newValue)",
            deadline: handlerDeadline + .seconds(1),
            handlerDeadline: handlerDeadline, initDuration: initDuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let json = try await handler(function ?? method).handle(event, context: context)
        let response = try JSONValue(parsing: json)
        return Response(
            status: response["statusCode"]?.int ?? 0,
            headers: response["headers"]?.object?.compactMapValues(\.string) ?? [:],
            body: response["body"]?.string ?? ""
        )
    }

    func post(_ body: String, key: String? = nil) async throws -> Response {
        try await send("POST", "/haiku", headers: key.map { ["idempotency-key": $0] } ?? [:], body: Array(body.utf8))
    }

    private func handler(_ function: String) -> any LambdaHandler {
        switch function {
        case "POST":
            HaikuFunction(
                serving: PostHaikuEndpoint(haiku, now: { self.tick() }, newID: { self.nextID() }), allowedOrigin: "*")
        case "PATCH": HaikuFunction(serving: PatchHaikuEndpoint(haiku), allowedOrigin: "*")
        case "DELETE": HaikuFunction(serving: DeleteHaikuEndpoint(haiku), allowedOrigin: "*")
        default:
            HaikuFunction(
                serving: GetHaikuEndpoint(haiku, listCacheSeconds: listCacheSeconds), allowedOrigin: "*")
        }
    }

    private func tick() -> Timestamp {
        clock.withLock {
            $0 += 1_000_000
            return Timestamp(microseconds: $0)
        }
    }

    private func nextID() -> HaikuID {
        ids.withLock { $0.isEmpty ? .random() : $0.removeFirst() }
    }

    private func event(
        _ method: String, _ path: String, query: String, headers: [String: String], body: [UInt8]?, base64: String?
    ) -> JSONValue {
        let pairs = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let bodyText = base64 ?? body.map { String(decoding: $0, as: UTF8.self) }
        var event: [String: JSONValue] = [
            "headers": .object(headers.mapValues { .string($0) }),
            "body": bodyText.map { .string($0) } ?? .null,
            "isBase64Encoded": .bool(base64 != nil),
        ]
        switch format {
        case .version2:
            event["version"] = "2.0"
            event["rawPath"] = .string(path)
            event["rawQueryString"] = .string(query)
            event["requestContext"] = ["stage": "$default", "http": ["method": .string(method)]]
        case .version1:
            let values = Dictionary(grouping: pairs) { $0[0] }.mapValues { JSONValue.array($0.map { .string($0[1]) }) }
            event["httpMethod"] = .string(method)
            event["path"] = .string(path)
            event["multiValueQueryStringParameters"] = pairs.isEmpty ? .null : .object(values)
            event["pathParameters"] =
                path.hasPrefix("/haiku/") ? ["item_id": .string(String(path.dropFirst(7)))] : .null
        }
        return .object(event)
    }
}
