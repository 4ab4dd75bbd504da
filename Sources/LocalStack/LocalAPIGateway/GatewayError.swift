package import HTTPMessage
import HTTPServer
import LocalLambda
import NIOCore

/// The error responses that API Gateway generates itself.
package enum GatewayError: Sendable {
    case badRequest
    /// The request is for another host.
    case forbidden
    /// No route matches the request.
    case notFound
    /// The body is larger than 10 MB, or the event is larger than Lambda's limit.
    case tooLarge
    /// Request line and headers are larger than 10,240 bytes.
    case headersTooLarge
    /// The API's throttle rejected the request.
    case throttled
    /// The function failed, or its response is malformed.
    case internalServerError
    /// The function did not respond in time or does not exist, or Lambda is shutting down.
    case serviceUnavailable
    /// There are too many requests. API Gateway turns Lambda's 429 into this 503; `Retry-After` is an addition.
    case tooManyRequests

    init(_ rejection: RequestRejection) {
        self =
            switch rejection {
            case .malformed: .badRequest
            case .foreignHost: .forbidden
            case .bodyTooLarge: .tooLarge
            case .headTooLarge: .headersTooLarge
            case .tooManyBytes, .tooManyConnections: .tooManyRequests
            }
    }

    init(_ rejection: InvocationRejection) {
        self =
            switch rejection {
            case .payloadTooLarge: .tooLarge
            case .tooManyRequests: .tooManyRequests
            case .unknownFunction, .shuttingDown: .serviceUnavailable
            }
    }

    private var status: (code: Int, message: String) {
        switch self {
        case .badRequest: (400, "Bad Request")
        case .forbidden: (403, "Forbidden")
        case .notFound: (404, "Not Found")
        case .tooLarge: (413, "Request Entity Too Large")
        case .headersTooLarge: (431, "Request Header Fields Too Large")
        case .throttled: (429, "Too Many Requests")
        case .internalServerError: (500, "Internal Server Error")
        case .serviceUnavailable, .tooManyRequests: (503, "Service Unavailable")
        }
    }

    /// The response, without CORS headers.
    package var response: HTTPResponse {
        let (code, message) = status
        var headers: HTTPHeaderFields = ["Content-Type": "application/json"]
        if case .tooManyRequests = self { headers.add(name: "Retry-After", value: "1") }
        return HTTPResponse(status: code, headers: headers, body: ByteBuffer(string: #"{"message":"\#(message)"}"#))
    }
}
