/// The address of an HTTP server: scheme, host and port.
///
/// ```swift
/// let database = try HTTPEndpoint(parsing: "https://dynamodb.eu-west-1.amazonaws.com")
/// let runtimeAPI = try HTTPEndpoint(hostAndPort: "127.0.0.1:9001")
/// ```
package struct HTTPEndpoint: Sendable, Hashable {
    package enum Scheme: String, Sendable {
        case http
        case https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A name or an IP address; an IPv6 address has no brackets.
    package let host: String
    /// 1…65535.
    package let port: Int

    /// Parses a URL such as `http://127.0.0.1:8000` or `https://[::1]/`.
    ///
    /// - Throws: ``HTTPEndpointError`` if the scheme is not http or https, if the host or the port is invalid, or if there
    ///   is anything else: a user, a path other than `/`, a query or a fragment.
    package init(parsing url: String) throws(HTTPEndpointError) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { throw .missingScheme }
        guard let scheme = Scheme(rawValue: url[..<colon].lowercased()) else { throw .unsupportedScheme }
        var rest = url[colon...].dropFirst(3)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.utf8.contains(where: { "/?#@".utf8.contains($0) }) else { throw .notOnlyHostAndPort }
        try self.init(scheme, rest, defaultPort: scheme.defaultPort)
    }

    /// Parses `host:port`, the form of Lambda's `AWS_LAMBDA_RUNTIME_API`, as an http endpoint.
    ///
    /// - Throws: ``HTTPEndpointError`` if the host or the port is missing or invalid.
    package init(hostAndPort text: String) throws(HTTPEndpointError) {
        try self.init(.http, text[...], defaultPort: nil)
    }

    private init(_ scheme: Scheme, _ text: Substring, defaultPort: Int?) throws(HTTPEndpointError) {
        let host: Substring
        let port: Substring?
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { throw .invalidHost }
            host = text[..<bracket].dropFirst()
            let rest = text[bracket...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .invalidHost }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isAllowedInIPv6Address) else { throw .invalidHost }
        } else {
            let colon = text.firstIndex(of: ":")
            host = text[..<(colon ?? text.endIndex)]
            port = colon.map { text[$0...].dropFirst() }
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isAllowedInName) else { throw .invalidHost }
        }
        self.scheme = scheme
        self.host = String(host)
        self.port = try Self.port(port, default: defaultPort)
    }

    private static func port(_ text: Substring?, default defaultPort: Int?) throws(HTTPEndpointError) -> Int {
        guard let text else {
            guard let defaultPort else { throw .invalidPort }
            return defaultPort
        }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65535).contains(port)
        else { throw .invalidPort }
        return port
    }

    private static func isAllowedInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAllowedInIPv6Address(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The value of the `Host` field: the host, and the port unless it is the scheme's default (RFC 9110, section 7.2).
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }
}

extension HTTPEndpoint: CustomStringConvertible {
    /// The URL without a path.
    package var description: String { "\(scheme.rawValue)://\(authority)" }
}
