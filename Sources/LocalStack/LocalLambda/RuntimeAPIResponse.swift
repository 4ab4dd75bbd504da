import NIOHTTP1

/// A response of the Runtime API other than an invocation.
package enum RuntimeAPIResponse: Equatable {
    case accepted
    case invalidRequestID
    case invalidTransition(String)
    case notFound
    case payloadTooLarge

    var status: HTTPResponseStatus {
        switch self {
        case .accepted: .accepted
        case .invalidRequestID: .badRequest
        case .invalidTransition: .forbidden
        case .notFound: .notFound
        case .payloadTooLarge: .payloadTooLarge
        }
    }

    var json: String {
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
