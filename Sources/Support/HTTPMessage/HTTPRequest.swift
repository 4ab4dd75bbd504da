import Encoding

/// A request. ``encoded(authority:)`` adds the field `Host` and, if there is a body, `Content-Length`.
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
    package var body: [UInt8]?

    package init(method: Method, path: String, headers: HTTPHeaderFields = [:], body: [UInt8]? = nil) {
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

    /// The request as bytes (RFC 9112, sections 3 and 5): the head, with the body unless it is long, and a long body.
    ///
    /// - Parameter authority: The value of the `Host` field.
    package func encoded(authority: String) -> (head: [UInt8], longBody: [UInt8]?) {
        let isLong = (body?.count ?? 0) > Self.coalescingThreshold
        var head: [UInt8] = []
        head.reserveCapacity(
            96 + path.utf8.count + authority.utf8.count + headers.lines.count + (isLong ? 0 : body?.count ?? 0))
        head.append(utf8: method == .get ? "GET " : "POST ")
        head.append(utf8: path)
        head.append(utf8: " HTTP/1.1\r\nHost: ")
        head.append(utf8: authority)
        head.append(utf8: "\r\n")
        head += headers.lines
        if let body {
            head.append(utf8: "Content-Length: ")
            head.append(utf8: String(body.count))
            head.append(utf8: "\r\n")
        }
        head.append(utf8: "\r\n")
        guard !isLong else { return (head, body) }
        if let body { head += body }
        return (head, nil)
    }
}
