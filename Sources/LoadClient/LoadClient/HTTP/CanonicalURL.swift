import CCurl

/// URLs for requests that are signed with AWS Signature Version 4.
enum CanonicalURL {
    /// Returns `url` with its query parameters sorted by name. The canonical request has them in that order, but libcurl
    /// signs them in the order of the URL.
    static func sortingQuery(of url: String) -> String {
        guard let parsed = ParsedURL(url), let query = parsed.part(CURLUPART_QUERY) else { return url }
        let sorted = query.split(separator: "&").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard parsed.setPart(CURLUPART_QUERY, sorted.joined(separator: "&")) else { return url }
        return parsed.part(CURLUPART_URL) ?? url
    }
}
