public import APIGateway
internal import Haiku
public import HaikuRepository
public import LambdaRuntime

/// `GET /haiku` and `GET /haiku/{item_id}`; other methods on these paths that no route takes end here too, for a 405.
public struct GetHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuLister & HaikuFinder

    /// An endpoint that reads from `repository`.
    public init(_ repository: any HaikuLister & HaikuFinder) {
        self.repository = repository
    }

    /// Answers with a page of the list, or with one haiku.
    public func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        let resource = request.resource
        guard resource != .unknown else { throw APIError.noSuchPath }
        guard request.method == "GET" || request.method == "HEAD" else {
            throw APIError.methodNotAllowed(allowed: resource.methods)
        }
        if case .item(let text) = resource {
            guard let id = HaikuID(text), let json = try await repository.json(of: id, deadline: context.handlerDeadline)
            else { throw APIError.noSuchHaiku }
            return ProxyResponse(status: 200, json: json)
        }
        let limit = try Self.limit(request)
        let cursor = try Self.cursor(request)
        let page = try await repository.page(limit: limit, from: cursor, deadline: context.handlerDeadline)
        var reply = ProxyResponse(status: 200, json: page.json)
        if let next = page.next { reply.headers.append(("Link", Self.link(to: next, limit: limit))) }
        return reply
    }

    /// RFC 8288; the target is relative to the request's own URL.
    private static func link(to next: Cursor, limit: Int?) -> String {
        let limit = limit.map { "limit=\($0)&" } ?? ""
        return "<?\(limit)cursor=\(next)>; rel=\"next\""
    }

    private static func limit(_ request: ProxyRequest) throws(APIError) -> Int? {
        guard let text = try request.single("limit") else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let limit = Int(text), (1...1000).contains(limit)
        else { throw .badRequest("limit is not a whole number from 1 to 1000") }
        return limit
    }

    private static func cursor(_ request: ProxyRequest) throws(APIError) -> Cursor? {
        guard let text = try request.single("cursor") else { return nil }
        guard let cursor = Cursor(text) else { throw .badRequest("cursor is not one that this API gave out") }
        return cursor
    }
}

extension ProxyRequest {
    fileprivate func single(_ name: String) throws(APIError) -> String? {
        guard let values = query[name] else { return nil }
        guard values.count == 1 else { throw .badRequest("\(name) is given more than once") }
        return values[0]
    }
}
