import CCurl

/// The header lines of each kind of request, as libcurl wants them.
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

extension PhaseTimes {
    init(_ summary: ccurl_summary) {
        func span(_ start: curl_off_t, _ end: curl_off_t) -> Nanoseconds { UInt64(max(end - start, 0)) * 1000 }
        self.init()
        if summary.new_connections > 0 {
            if summary.name_lookup > 0 { nameLookup = span(0, summary.name_lookup) }
            if summary.connect > 0 { connect = span(summary.name_lookup, summary.connect) }
            if summary.tls > 0 { tls = span(summary.connect, summary.tls) }
        }
        if summary.first_byte > 0 { firstByte = span(summary.pretransfer, summary.first_byte) }
        whole = span(0, summary.total)
    }
}

extension TransportFailure {
    init(_ code: CURLcode) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .nameLookup
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: self = .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND:
            self = .tls
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self = .connectionLost
        default: self = .other
        }
    }
}

/// The form of a URL that signing needs.
enum CanonicalURL {
    /// `url` with the parameters of its query in the order of their names, as Signature Version 4 sorts them before it
    /// signs; libcurl signs them as they stand.
    static func sortingQuery(of url: String) -> String {
        guard let parsed = ParsedURL(url), let query = parsed.part(CURLUPART_QUERY) else { return url }
        let sorted = query.split(separator: "&").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard parsed.setPart(CURLUPART_QUERY, sorted.joined(separator: "&")) else { return url }
        return parsed.part(CURLUPART_URL) ?? url
    }
}
