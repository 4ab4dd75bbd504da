import CCurl
import Glibc

/// Where the API is: the base that `haiku` and `haiku/{item_id}` are resolved against.
///
/// `http://127.0.0.1:8080`, `https://abc.execute-api.eu-west-1.amazonaws.com/prod` and `…/prod/` are endpoints.
public struct Endpoint: Sendable, Equatable {
    /// The base URL, absolute, ending in a slash.
    public let base: String
    /// The host's name or address, without brackets.
    public let host: String

    /// Reads an absolute `http` or `https` URL, with or without a slash at its end.
    ///
    /// - Throws: ``EndpointError`` when it is none, or has a query or a fragment.
    public init(_ text: String) throws(EndpointError) {
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

    /// `haiku`: where haiku are listed and posted.
    public var haiku: String { base + "haiku" }

    /// `haiku/{item_id}`.
    public func haiku(_ id: ItemID) -> String { haiku + "/" + id.percentEncoded }

    /// A page of the list, of at most `limit` haiku; without `limit` as many as the server likes.
    public func list(limit: Int?) -> String {
        if let limit { "\(haiku)?limit=\(limit)" } else { haiku }
    }

    /// The id that a `Location` header names: the last segment of the path below `haiku/`, once the reference has been
    /// resolved against the base; nil when it names something else.
    public func itemID(inLocation location: String) -> ItemID? {
        guard let resolved = Self.resolve(location, against: base), resolved.hasPrefix(haiku + "/") else { return nil }
        return ItemID(percentEncoded: String(resolved.dropFirst(haiku.utf8.count + 1)))
    }

    /// The absolute URL that `reference` means where `base` is the URL that it was found under (RFC 3986, section 5);
    /// nil when it is malformed.
    public static func resolve(_ reference: String, against base: String) -> String? {
        guard let url = ParsedURL(base), url.set(reference) else { return nil }
        return url.part(CURLUPART_URL)
    }

    /// Whether the host is the machine that this runs on, by its name or address alone.
    public var isThisMachine: Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        var address = in_addr()
        return inet_pton(AF_INET, name, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}

/// Why a text is not an ``Endpoint``.
public enum EndpointError: Error, Equatable, CustomStringConvertible {
    /// It is no URL.
    case malformed(String)
    /// It is no `http://` or `https://` URL with a host.
    case notHTTP(String)
    /// It goes on after the path.
    case hasQuery(String)

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .malformed(let text), .notHTTP(let text):
            "'\(text)' is not an endpoint: expected a URL such as http://127.0.0.1:8080"
        case .hasQuery(let text):
            "'\(text)' is not an endpoint: it must not have a query or a fragment"
        }
    }
}

/// A URL that libcurl has taken apart.
final class ParsedURL {
    let handle: OpaquePointer

    init?(_ text: String) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        guard set(text) else { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    /// Replaces the URL by `text`, which may be relative to it.
    func set(_ text: String) -> Bool {
        curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK
    }

    func setPart(_ part: CURLUPart, _ text: String?) -> Bool {
        curl_url_set(handle, part, text, 0) == CURLUE_OK
    }

    func part(_ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
