package import HTTPMessage
package import NIOCore

/// A request. Its body is empty until all of it has arrived.
package struct Request: Sendable {
    package var method: String
    /// The path, undecoded.
    package var path: String
    /// The query without the question mark, undecoded; nil if the target has none.
    package var query: String?
    /// The host in an absolute target, or else the value of `Host`; nil only in HTTP/1.0.
    package var host: String?
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer

    package init(
        method: String = "GET", target: String, host: String? = nil, headers: HTTPHeaderFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) {
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.method = method
        path = mark.map { String(target[..<$0]) } ?? target
        query = mark.map { String(target[target.utf8.index(after: $0)...]) }
        self.host = host
        self.headers = headers
        self.body = body
    }

    /// Whether ``host``, with or without a port (RFC 9110, section 7.2), is one of `names`, which are in lower case. Browsers,
    /// which name resolution can mislead, always send a host.
    package func isFor(_ names: [String]) -> Bool {
        guard var name = host?.utf8[...] else { return true }
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), name.last != UInt8(ascii: "]") {
            let port = Substring(name[name.index(after: colon)...])
            guard port.isEmpty || UInt16(port) != nil else { return false }
            name = name[..<colon]
        }
        return names.contains(Substring(name).lowercased())
    }
}

/// Why the server itself, rather than its ``Responder``, rejects a request. The connection closes after the response.
package enum RequestRejection: Error, Equatable, Sendable {
    /// The request is not valid HTTP, or ambiguous: another program could parse it differently.
    case malformed
    case headTooLarge
    case bodyTooLarge
    /// The host is not a name of this machine. A web page whose own name has been pointed at 127.0.0.1 (DNS rebinding)
    /// sends that name.
    case foreignHost
    /// The bodies of all requests together exceed the ``BodyBudget``.
    case tooManyBytes
    case tooManyConnections
}
