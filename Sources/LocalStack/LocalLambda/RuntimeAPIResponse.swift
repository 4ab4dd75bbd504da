import HTTPMessage
import NIOCore

/// A response of the Runtime API other than an invocation.
package enum RuntimeAPIResponse: Equatable {
    case accepted
    case invalidRequestID
    case invalidTransition(String)
    case notFound
    case payloadTooLarge

    private var status: Int {
        switch self {
        case .accepted: 202
        case .invalidRequestID: 400
        case .invalidTransition: 403
        case .notFound: 404
        case .payloadTooLarge: 413
        }
    }

    var response: HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: ByteBuffer(string: json))
    }

    private var json: String {
        switch self {
        case .accepted: #"{"status":"OK"}"#
        case .invalidRequestID: Self.error("InvalidRequestID", "Invalid request ID")
        case .invalidTransition(let message): Self.error("InvalidStateTransition", message)
        case .notFound: Self.error("InvalidPath", "The Runtime API has no such path")
        case .payloadTooLarge:
            Self.error(
                "RequestEntityTooLarge",
                "Exceeded maximum allowed payload size (\(LambdaLimits.maximumResponseSize) bytes)."
            )
        }
    }

    private static func error(_ type: String, _ message: String) -> String {
        #"{"errorType":"\#(type)","errorMessage":"\#(message)"}"#
    }
}
