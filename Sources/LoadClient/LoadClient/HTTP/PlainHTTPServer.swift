import CCurl
import Glibc
import NIOCore

/// A server that ``PlainHTTPTransport`` can reach: its addresses, and the requests to it.
struct PlainHTTPServer: Sendable {
    /// Empty if the name could not be resolved.
    let addresses: [SocketAddress]
    private let path: String
    /// The header fields of every request.
    private let fields: String
    private let list: ByteBuffer
    private let postHead: ByteBuffer

    /// Resolves the endpoint's name. Returns nil if the endpoint or the settings require libcurl: for TLS, a proxy, signing,
    /// credentials or additional headers.
    init?(_ endpoint: Endpoint, _ settings: ConnectionSettings) {
        guard !settings.usesHTTP2, settings.signature == nil, settings.headers.isEmpty,
            !CurlTransport.environmentHasProxy, let url = ParsedURL(endpoint.haiku),
            url.part(CURLUPART_SCHEME) == "http", url.part(CURLUPART_USER) == nil, url.part(CURLUPART_ZONEID) == nil,
            let host = url.part(CURLUPART_HOST), let path = url.part(CURLUPART_PATH)
        else { return nil }
        let port = url.part(CURLUPART_PORT).flatMap { Int($0) }
        addresses = Self.resolve(endpoint.host, port: port ?? 80)
        self.path = path
        let authority = host + (port.map { ":\($0)" } ?? "")
        fields = "Host: \(authority)\r\nUser-Agent: bashoutter-client\r\nAccept: */*\r\n"
        list = ByteBuffer(string: "GET \(path)?limit=\(settings.limit) HTTP/1.1\r\n\(fields)\r\n")
        postHead = ByteBuffer(string: "POST \(path) HTTP/1.1\r\n\(fields)Content-Type: application/json\r\n")
    }

    /// Writes `request` (RFC 9112, section 3).
    func write(_ request: APIRequest, to buffer: inout ByteBuffer) {
        switch request {
        case .list: buffer = list
        case .page(let url):
            let url = ParsedURL(url)
            let query = url?.part(CURLUPART_QUERY).map { "?\($0)" } ?? ""
            buffer.writeString("GET \(url?.part(CURLUPART_PATH) ?? path)\(query) HTTP/1.1\r\n\(fields)\r\n")
        case .post(let body, let key):
            buffer = postHead
            buffer.write(key)
            buffer.writeString("Content-Length: \(body.count)\r\n\r\n")
            buffer.writeBytes(body)
        case .like(let id, let key):
            buffer.writeString("PATCH \(path)/\(id.percentEncoded) HTTP/1.1\r\n\(fields)")
            buffer.write(key)
            buffer.writeStaticString("Content-Length: 0\r\n\r\n")
        case .delete(let id):
            buffer.writeString("DELETE \(path)/\(id.percentEncoded) HTTP/1.1\r\n\(fields)\r\n")
        }
    }

    private static func resolve(_ host: String, port: Int) -> [SocketAddress] {
        if let address = try? SocketAddress(ipAddress: host, port: port) { return [address] }
        var (hints, found) = (addrinfo(), nil as UnsafeMutablePointer<addrinfo>?)
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        return sequence(first: found) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { info in
            guard let info = info?.pointee else { return nil }
            switch info.ai_family {
            case AF_INET:
                return info.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
            case AF_INET6:
                return info.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
            default: return nil
            }
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ key: IdempotencyKey) {
        writeStaticString("Idempotency-Key: ")
        writeWithUnsafeMutableBytes(minimumWritableBytes: IdempotencyKey.length) { bytes in
            bytes.baseAddress.map { key.write(to: $0.assumingMemoryBound(to: CChar.self)) }
            return IdempotencyKey.length
        }
        writeStaticString("\r\n")
    }
}
