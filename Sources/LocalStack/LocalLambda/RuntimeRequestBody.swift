import NIOCore

/// The body of a request to the Runtime API, and the error type in the request's header.
struct RuntimeRequestBody {
    /// Nil if the body is larger than ``LambdaLimits/maximumResponseSize``.
    let content: ByteBuffer?
    let errorType: String?

    /// The error that the body describes, or one of that type if there is no body.
    func error(ofType type: String) -> ByteBuffer {
        if let content, content.readableBytes > 0 { content } else { ErrorPayload.make(type: type, message: "") }
    }
}
