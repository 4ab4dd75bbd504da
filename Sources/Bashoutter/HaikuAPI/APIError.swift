import APIGateway
import Haiku
import HaikuRepository
import JSON
import Logging

/// Why a request is rejected, other than for the haiku's text, for which there is `PoemError`.
enum APIError: Error, Equatable {
    /// The request is malformed; the text is a message for the client.
    case badRequest(String)
    case noSuchHaiku
    case noSuchPath
    case methodNotAllowed(allowed: [String])
    /// The body has more than `maximum` bytes.
    case bodyTooLarge(maximum: Int)
}

// The only place that turns errors into responses.
extension ProxyResponse {
    /// The response for `error`. Causes that must not be exposed to clients are only logged.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let error as APIError: self.init(error)
        case let error as PoemError: self.init(.badRequest("\(error)"))
        case HaikuRepositoryError.throttled:
            logger.warning("DynamoDB is throttling.")
            self.init(retryableAs: "The database is busy. Please try again in a moment.")
        case HaikuRepositoryError.unavailable(let cause):
            logger.error("DynamoDB is unavailable: \(cause)")
            self.init(retryableAs: "The database is not available. Please try again in a moment.")
        case HaikuRepositoryError.conflict(let cause):
            logger.warning("The stored item does not permit the change: \(cause)")
            self.init(status: 409, description: "The stored number of likes cannot be increased.")
        default:
            logger.error("\(error)")
            self.init(status: 500, description: "Internal server error.")
        }
    }

    private init(_ error: APIError) {
        switch error {
        case .badRequest(let problem): self.init(status: 400, description: "Bad request. \(problem)")
        case .noSuchHaiku: self.init(status: 404, description: "No haiku has this id.")
        case .noSuchPath: self.init(status: 404, description: "This path does not exist.")
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
        var writer = JSONWriter()
        writer.object { $0.member("description", description) }
        self.init(status: status, json: writer.bytes)
    }

    init(status: Int, json: [UInt8]) {
        self.init(status: status, headers: [("Content-Type", "application/json")], body: json)
    }

    /// The response to a CORS preflight request.
    static func preflight(for resource: APIResource) -> ProxyResponse {
        ProxyResponse(
            status: 204,
            headers: [
                ("Access-Control-Allow-Methods", resource.methods.joined(separator: ", ")),
                ("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, If-None-Match, Authorization"),
                ("Access-Control-Max-Age", "86400"),
            ]
        )
    }
}
