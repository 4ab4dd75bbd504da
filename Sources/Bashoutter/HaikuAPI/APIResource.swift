import APIGateway
import Haiku

/// What the path of a request names.
enum APIResource: Equatable {
    /// `/haiku`
    case haiku
    /// `/haiku/{item_id}`, with the id as the client sent it.
    case item(String)
    /// Any other path.
    case unknown

    /// The methods that the API supports for the resource, over all functions.
    var methods: [String] {
        switch self {
        case .haiku: ["GET", "HEAD", "OPTIONS", "POST"]
        case .item: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"]
        case .unknown: []
        }
    }
}

extension ProxyRequest {
    /// The resource that the path names. Function URLs have no path parameters, and custom domains may prefix the path
    /// with a base path.
    var resource: APIResource {
        if let id = pathParameters["item_id"] { return .item(id) }
        if path.last == "haiku" { return .haiku }
        if path.dropLast().last == "haiku", let id = path.last { return .item(id) }
        return .unknown
    }

    /// The id in the path of a request for one haiku.
    ///
    /// - Throws: ``APIError`` if the path or the method is another, or if the id is malformed.
    func haikuID(ifMethodIs method: String) throws(APIError) -> HaikuID {
        guard case .item(let text) = resource else { throw .noSuchPath }
        guard self.method == method else { throw .methodNotAllowed(allowed: resource.methods) }
        guard let id = HaikuID(text) else { throw .noSuchHaiku }
        return id
    }
}
