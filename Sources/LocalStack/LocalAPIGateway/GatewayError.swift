import HTTPTypes
package import Hummingbird
import NIOCore

/// The error responses that API Gateway generates itself.
package enum GatewayError: Sendable {
    case badRequest
    /// The request is for another host.
    case forbidden
    /// No route matches the request.
    case notFound
    /// The body is larger than 10 MB.
    case tooLarge
    /// Request line and headers are larger than 10,240 bytes.
    case headersTooLarge
    /// The function failed, or its response is malformed.
    case internalServerError
    /// The function did not respond in time.
    case serviceUnavailable
    /// There are too many requests. API Gateway turns Lambda's 429 into this 503; `Retry-After` is an addition.
    case tooManyRequests

    private var status: (HTTPResponse.Status, message: String) {
        switch self {
        case .badRequest: (.badRequest, "Bad Request")
        case .forbidden: (.forbidden, "Forbidden")
        case .notFound: (.notFound, "Not Found")
        case .tooLarge: (.contentTooLarge, "Request Entity Too Large")
        case .headersTooLarge: (.requestHeaderFieldsTooLarge, "Request Header Fields Too Large")
        case .internalServerError: (.internalServerError, "Internal Server Error")
        case .serviceUnavailable, .tooManyRequests: (.serviceUnavailable, "Service Unavailable")
        }
    }

    var body: String { #"{"message":"\#(status.message)"}"# }

    /// The response, without CORS headers.
    package var response: Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if case .tooManyRequests = self { headers[.retryAfter] = "1" }
        return Response(
            status: status.0,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }
}
