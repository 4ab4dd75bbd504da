public import NIOCore

/// A request as ``HTTPConnection`` sends it. The connection adds `Host` and `Content-Length` itself.
public struct HTTPRequest: Sendable {
    /// A method (RFC 9110, section 9).
    public enum Method: Sendable {
        /// GET
        case get
        /// POST
        case post
    }

    /// The method.
    public var method: Method
    /// The request target: the path and, behind a question mark, the query, percent-encoded.
    public var path: String
    /// The header fields, without `Host`, `Content-Length` and `Transfer-Encoding`.
    public var headers: HTTPHeaderFields
    /// The body; nil for none.
    public var body: ByteBuffer?

    /// A request of the given parts.
    public init(method: Method, path: String, headers: HTTPHeaderFields = [:], body: ByteBuffer? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Whether the request means on the wire what it says here: no part can end its line and begin another.
    package var isWellFormed: Bool {
        path.withContiguousUTF8 { path in !path.isEmpty && path.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
            && headers.isWellFormed
    }

    /// A longer body is not copied behind its head.
    private static let coalescingThreshold = 1 << 14

    /// Writes the request (RFC 9112, sections 3 and 5), but for a long body: that is returned, to be sent behind it.
    ///
    /// - Parameter authority: The value of the Host header.
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

/// A complete response.
public struct HTTPResponse: Sendable {
    /// The status code, 200…599.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaderFields
    /// The body, which may be empty.
    public var body: ByteBuffer

    /// A response of the given parts.
    public init(status: Int, headers: HTTPHeaderFields = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
