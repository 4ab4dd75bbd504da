import HTTPTypes
public import Hummingbird
import NIOCore

/// The replies that API Gateway makes itself.
public enum GatewayError: Sendable {
    /// The request cannot be understood.
    case badRequest
    /// The request is for another host.
    case forbidden
    /// No route takes the request.
    case notFound
    /// The body is larger than 10 MB.
    case tooLarge
    /// Request line and headers are larger than 10,240 bytes.
    case headersTooLarge
    /// The function failed, or its reply cannot be understood.
    case internalServerError
    /// The function did not answer in time.
    case serviceUnavailable
    /// There are too many requests. To a client, API Gateway makes Lambda's 429 this 503; when to come again is said
    /// here besides.
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

    /// The reply's body.
    var body: String { #"{"message":"\#(status.message)"}"# }

    /// The reply, without CORS headers.
    public var response: Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if case .tooManyRequests = self { headers[.retryAfter] = "1" }
        return Response(
            status: status.0,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }
}

extension HTTPField.Name {
    static let apigwRequestID = HTTPField.Name(known: "Apigw-Requestid")
    static let xForwardedFor = HTTPField.Name(known: "X-Forwarded-For")
    static let traceID = HTTPField.Name(known: "X-Amzn-Trace-Id")

    init(known name: String) {
        guard let name = Self(name) else { preconditionFailure("\(name) is not the name of a field") }
        self = name
    }
}
