internal import APIGateway
internal import Haiku
internal import HaikuRepository
internal import JSON
internal import Logging

/// What can be wrong with a request, apart from the haiku itself.
public enum APIError: Error, Equatable, Sendable {
    /// The request is malformed; the text says how, for the person who sent it.
    case badRequest(String)
    /// There is no haiku with this id.
    case noSuchHaiku
    /// The API has no such path.
    case noSuchPath
    /// The path does not have this method; it has those named.
    case methodNotAllowed(allowed: [String])
    /// The body has more than so many bytes.
    case bodyTooLarge(maximum: Int)
}

// The one place in which errors become replies.
extension ProxyResponse {
    /// The reply for `error`. What is nobody else's business goes to the log.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let error as APIError: self.init(error)
        case let error as PoemError: self.init(.badRequest("\(error)"))
        case HaikuRepositoryError.throttled:
            logger.warning("The database throttles.")
            self.init(retryableAs: "The database is busy. Please try again in a moment.")
        case HaikuRepositoryError.unavailable(let cause):
            logger.error("The database is not available: \(cause)")
            self.init(retryableAs: "The database is not available. Please try again in a moment.")
        case is CancellationError:
            logger.error("The time is up.")
            self.init(retryableAs: "The request took too long. Please try again in a moment.")
        default:
            logger.error("\(error)")
            self.init(status: 500, description: "Internal server error.")
        }
    }

    private init(_ error: APIError) {
        switch error {
        case .badRequest(let problem): self.init(status: 400, description: "Bad request. \(problem)")
        case .noSuchHaiku: self.init(status: 404, description: "No haiku has this id.")
        case .noSuchPath: self.init(status: 404, description: "There is nothing at this path.")
        case .bodyTooLarge(let maximum):
            self.init(status: 413, description: "The body is larger than \(maximum) bytes.")
        case .methodNotAllowed(let allowed):
            self.init(status: 405, description: "Method not allowed.")
            headers.append(("Allow", allowed.joined(separator: ", ")))
        }
    }

    private init(retryableAs description: String) {
        self.init(status: 503, description: description)
        headers.append(("Retry-After", "1"))
    }

    /// `{"description": "…"}`
    init(status: Int, description: String) {
        self.init(status: status, json: JSONValue.object(["description": .string(description)]).bytes)
    }

    /// A reply whose body is JSON.
    init(status: Int, json: [UInt8]) {
        self.init(status: status, headers: [("Content-Type", "application/json")], body: .text(json))
    }

    /// The answer to a CORS preflight request.
    static func preflight(for resource: APIResource) -> ProxyResponse {
        ProxyResponse(
            status: 204,
            headers: [
                ("Access-Control-Allow-Methods", resource.methods.joined(separator: ", ")),
                ("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, Authorization"),
                ("Access-Control-Max-Age", "86400"),
            ]
        )
    }
}
