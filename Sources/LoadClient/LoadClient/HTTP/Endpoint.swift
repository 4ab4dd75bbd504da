import CCurl
import Glibc

/// The base URL of the API, such as `http://127.0.0.1:8080` or `https://abc.execute-api.eu-west-1.amazonaws.com/prod`.
///
/// `haiku` and `haiku/{item_id}` are resolved against it.
package struct Endpoint: Sendable, Equatable {
    /// The absolute URL with a trailing slash.
    package let base: String
    /// The host's name or address; IPv6 addresses without brackets.
    package let host: String

    /// Parses an absolute `http` or `https` URL, with or without a trailing slash.
    ///
    /// - Throws: ``EndpointError`` for any other string, and for a URL with a query or a fragment.
    package init(_ text: String) throws(EndpointError) {
        guard let url = ParsedURL(text) else { throw .malformed(text) }
        guard let scheme = url.part(CURLUPART_SCHEME), scheme == "http" || scheme == "https",
            let host = url.part(CURLUPART_HOST), !host.isEmpty
        else { throw .notHTTP(text) }
        guard url.part(CURLUPART_QUERY) == nil, url.part(CURLUPART_FRAGMENT) == nil else { throw .hasQuery(text) }
        var base = url.part(CURLUPART_URL) ?? text
        if !base.hasSuffix("/") { base += "/" }
        self.base = base
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    }

    /// The URL of `haiku`.
    package var haiku: String { base + "haiku" }

    /// The URL of `haiku/{item_id}`.
    func haiku(_ id: ItemID) -> String { haiku + "/" + id.percentEncoded }

    /// The URL of the first page of the list.
    package func list(limit: Int) -> String { "\(haiku)?limit=\(limit)" }

    /// The id in a `Location` header, which is resolved against the base URL; nil if that is not the URL of a haiku.
    package func itemID(inLocation location: String) -> ItemID? {
        guard let resolved = Self.resolve(location, against: base), resolved.hasPrefix(haiku + "/") else { return nil }
        return ItemID(percentEncoded: String(resolved.dropFirst(haiku.utf8.count + 1)))
    }

    /// Resolves a URL reference (RFC 3986, section 5).
    ///
    /// - Returns: The absolute URL, or nil if `reference` is malformed.
    package static func resolve(_ reference: String, against base: String) -> String? {
        guard let url = ParsedURL(base), url.set(reference) else { return nil }
        return url.part(CURLUPART_URL)
    }

    /// Whether the host is `localhost` or a loopback address. Names are not resolved.
    package var isLoopback: Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        var address = in_addr()
        return inet_pton(AF_INET, name, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}
