public import APIGateway
internal import Haiku
public import LambdaRuntime
internal import Logging

/// One endpoint of the API: a request in, a reply out.
public protocol HaikuEndpoint: Sendable {
    /// Answers `request`.
    ///
    /// - Throws: ``APIError``, `PoemError` or `HaikuRepositoryError`; ``HaikuFunction`` turns each into its reply.
    func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse
}

/// A Lambda function that serves an ``Endpoint`` behind API Gateway.
///
/// Every reply carries the headers that let browsers read it from a page of another origin (Fetch Standard, "CORS
/// protocol"); preflight requests are answered here too, for gateways that do not do it themselves.
public struct HaikuFunction<Served: HaikuEndpoint>: LambdaHandler {
    private let endpoint: Served
    private let allowedOrigin: String

    /// A function that serves `endpoint` to pages of `allowedOrigin`, which may be `*`.
    public init(serving endpoint: Served, allowedOrigin: String) {
        self.endpoint = endpoint
        self.allowedOrigin = allowedOrigin
    }

    /// Answers one proxy event.
    ///
    /// - Throws: `ProxyEventError` when the event is none: there is nobody to send a reply to.
    public func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
        let request = try event.withUnsafeBytes { try ProxyRequest(parsing: $0) }
        var reply = await reply(to: request, context: context)
        reply.headers += [
            ("Access-Control-Allow-Origin", allowedOrigin),
            ("Access-Control-Expose-Headers", "Link, Location"),
        ]
        if request.method == "HEAD" { reply.body = .empty }
        return reply.json(for: request.format)
    }

    private func reply(to request: ProxyRequest, context: LambdaContext) async -> ProxyResponse {
        guard request.method != "OPTIONS" else { return .preflight(for: request.resource) }
        do {
            return try await endpoint.reply(to: request, context: context)
        } catch {
            return ProxyResponse(error, logger: context.logger)
        }
    }
}

/// The two resources of the API.
enum APIResource: Equatable {
    /// `/haiku`
    case haiku
    /// `/haiku/{item_id}`, with the id as it was sent.
    case item(String)
    /// Any other path.
    case unknown

    /// The methods that the API has for it, over all functions.
    var methods: [String] {
        switch self {
        case .haiku: ["GET", "HEAD", "OPTIONS", "POST"]
        case .item: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"]
        case .unknown: []
        }
    }
}

extension ProxyRequest {
    /// Function URLs have no path parameters, and custom domains may have a base path in front.
    var resource: APIResource {
        if let id = pathParameters["item_id"] { return .item(id) }
        if path.last == "haiku" { return .haiku }
        if path.dropLast().last == "haiku", let id = path.last { return .item(id) }
        return .unknown
    }

    /// The id in the path of a request for one haiku.
    ///
    /// - Throws: ``APIError`` when the path is another, when the method is not `method`, or when no haiku can have the id.
    func haikuID(ifMethodIs method: String) throws(APIError) -> HaikuID {
        guard case .item(let text) = resource else { throw .noSuchPath }
        guard self.method == method else { throw .methodNotAllowed(allowed: resource.methods) }
        guard let id = HaikuID(text) else { throw .noSuchHaiku }
        return id
    }
}
