public import NIOCore
public import NIOHTTP1

/// A request as ``HTTPConnection`` sends it. The connection adds `Host` and `Content-Length` itself.
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// The request target: the path and, behind a question mark, the query, percent-encoded.
    public var path: String
    /// The header fields, without `Host`, `Content-Length` and `Transfer-Encoding`.
    public var headers: HTTPHeaders
    /// The body; nil for none.
    public var body: ByteBuffer?

    /// A request of the given parts.
    public init(method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: ByteBuffer? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Whether the request means on the wire what it says here: no part can end its line and begin another.
    var isWellFormed: Bool {
        !path.utf8.isEmpty && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && headers.allSatisfy { name, value in
                !name.utf8.isEmpty && name.utf8.allSatisfy(Self.isAllowedInName)
                    && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            }
    }

    /// RFC 9110, section 5.6.2: a token, less strictly.
    private static func isAllowedInName(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":")
    }
}

/// A complete response.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPResponseStatus
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, which may be empty.
    public var body: ByteBuffer

    /// A response of the given parts.
    public init(status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
