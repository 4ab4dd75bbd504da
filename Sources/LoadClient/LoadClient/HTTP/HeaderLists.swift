import CCurl

/// The header lines for each method, as linked lists of libcurl.
final class HeaderLists {
    let common: UnsafeMutablePointer<curl_slist>?
    let post: UnsafeMutablePointer<curl_slist>?
    let patch: UnsafeMutablePointer<curl_slist>?

    init(_ settings: ConnectionSettings) {
        var lines = settings.headers
        if let token = settings.signature?.sessionToken { lines.append("X-Amz-Security-Token: \(token)") }
        common = Self.list(lines)
        post = Self.list(["Content-Type: application/json"] + lines)
        patch = Self.list(["Content-Length: 0"] + lines)
    }

    deinit {
        for list in [common, post, patch] { curl_slist_free_all(list) }
    }

    private static func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        lines.reduce(nil) { curl_slist_append($0, $1) }
    }
}
