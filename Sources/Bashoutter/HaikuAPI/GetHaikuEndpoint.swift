package import APIGateway
import Haiku
package import HaikuRepository
package import LambdaRuntime

/// `GET /haiku` and `GET /haiku/{item_id}`.
///
/// The template routes other methods on these paths here too, so that they get a 405.
package struct GetHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuLister & HaikuFinder
    private let listCacheSeconds: Int

    /// - Parameter listCacheSeconds: For how long a shared cache may reuse a list, in seconds.
    package init(_ repository: any HaikuLister & HaikuFinder, listCacheSeconds: Int) {
        self.repository = repository
        self.listCacheSeconds = listCacheSeconds
    }

    package func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        let resource = request.resource
        guard resource != .unknown else { throw APIError.noSuchPath }
        guard request.method == "GET" || request.method == "HEAD" else {
            throw APIError.methodNotAllowed(allowed: resource.methods)
        }
        if case .item(let text) = resource {
            guard let id = HaikuID(text),
                let json = try await repository.json(of: id, deadline: context.handlerDeadline)
            else { throw APIError.noSuchHaiku }
            return ProxyResponse(status: 200, json: json).conditional(on: request, .revalidate)
        }
        let limit = try Self.limit(request)
        let cursor = try Self.cursor(request)
        let page = try await repository.page(limit: limit, from: cursor, deadline: context.handlerDeadline)
        var response = ProxyResponse(status: 200, json: page.json)
        if let next = page.nextCursor { response.headers.append(("Link", Self.link(to: next, limit: limit))) }
        return response.conditional(on: request, .shared(seconds: listCacheSeconds))
    }

    /// RFC 8288. The target is relative to the URL of the request.
    private static func link(to next: Cursor, limit: Int?) -> String {
        let limit = limit.map { "limit=\($0)&" } ?? ""
        return "<?\(limit)cursor=\(next)>; rel=\"next\""
    }

    private static func limit(_ request: ProxyRequest) throws(APIError) -> Int? {
        guard let text = try request.singleValue(of: "limit") else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let limit = Int(text), (1...1000).contains(limit)
        else { throw .badRequest("limit must be a whole number from 1 to 1000") }
        return limit
    }

    private static func cursor(_ request: ProxyRequest) throws(APIError) -> Cursor? {
        guard let text = try request.singleValue(of: "cursor") else { return nil }
        guard let cursor = Cursor(text) else { throw .badRequest("cursor must come from a Link header of this API") }
        return cursor
    }
}

extension ProxyRequest {
    fileprivate func singleValue(of name: String) throws(APIError) -> String? {
        guard let values = query[name] else { return nil }
        guard values.count == 1 else { throw .badRequest("\(name) occurs more than once") }
        return values[0]
    }
}
