import HTTPTypes
public import Hummingbird
import NIOCore

/// The replies that API Gateway makes itself.
public enum GatewayMessage: Sendable {
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
    /// The function did not answer in time, or there are too many requests.
    case serviceUnavailable

    /// The reply, without CORS headers.
    public var response: Response {
        let (status, message): (HTTPResponse.Status, String) =
            switch self {
            case .badRequest: (.badRequest, "Bad Request")
            case .forbidden: (.forbidden, "Forbidden")
            case .notFound: (.notFound, "Not Found")
            case .tooLarge: (.contentTooLarge, "Request Entity Too Large")
            case .headersTooLarge: (.requestHeaderFieldsTooLarge, "Request Header Fields Too Large")
            case .internalServerError: (.internalServerError, "Internal Server Error")
            case .serviceUnavailable: (.serviceUnavailable, "Service Unavailable")
            }
        return Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"message":"\#(message)"}"#))
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
