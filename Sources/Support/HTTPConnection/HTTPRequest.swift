package import NIOCore

/// A request. ``write(to:authority:)`` adds the field `Host` and, if there is a body, `Content-Length`.
package struct HTTPRequest: Sendable {
    package enum Method: Sendable {
        case get
        case post
    }

    package var method: Method
    /// The request target: the path and, after a question mark, the query, both percent-encoded.
    package var path: String
    /// Must not contain `Host`, `Content-Length` or `Transfer-Encoding`.
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer?

    package init(method: Method, path: String, headers: HTTPHeaderFields = [:], body: ByteBuffer? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Whether no part contains bytes, such as line breaks, that would change the structure of the message.
    package var isWellFormed: Bool {
        path.withContiguousUTF8 { path in !path.isEmpty && path.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
            && headers.isWellFormed
    }

    /// Copying a body of up to this many bytes behind the head is cheaper than a second write.
    private static let coalescingThreshold = 1 << 14

    /// Writes the request (RFC 9112, sections 3 and 5), except for a long body, which is returned to be sent next.
    ///
    /// - Parameter authority: The value of the `Host` field.
    package func write(to buffer: inout ByteBuffer, authority: String) -> ByteBuffer? {
        writeHead(to: &buffer, authority: authority)
        guard let body, body.readableBytes <= Self.coalescingThreshold else { return body }
        buffer.writeImmutableBuffer(body)
        return nil
    }

    private func writeHead(to buffer: inout ByteBuffer, authority: String) {
        switch method {
        case .get: buffer.writeStaticString("GET ")
        case .post: buffer.writeStaticString("POST ")
        }
        buffer.writeString(path)
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(authority)
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(headers.lines)
        if let body {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(body.readableBytes))
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }
}
