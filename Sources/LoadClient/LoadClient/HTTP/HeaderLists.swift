import CCurl

/// The header lines for each method, as linked lists of libcurl.
final class HeaderLists {
    let common: UnsafeMutablePointer<curl_slist>?
    let post: UnsafeMutablePointer<curl_slist>?
    let patch: UnsafeMutablePointer<curl_slist>?
    /// Whether the settings contain an `Idempotency-Key`, which then replaces the generated ones.
    let hasIdempotencyKey: Bool

    init(_ settings: ConnectionSettings) {
        var lines = settings.headers
        if let token = settings.signature?.sessionToken { lines.append("X-Amz-Security-Token: \(token)") }
        hasIdempotencyKey = lines.contains { $0.lowercased().hasPrefix("idempotency-key:") }
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

/// The header lines of the requests of one slot: the shared ones after an `Idempotency-Key` that is overwritten for each
/// request.
struct KeyedHeaders {
    private static let name = "Idempotency-Key: "

    /// For POST.
    let post: UnsafeMutablePointer<curl_slist>
    /// For PATCH.
    let patch: UnsafeMutablePointer<curl_slist>
    private let line: UnsafeMutablePointer<CChar>

    /// `lists` must outlive the value.
    init(_ lists: HeaderLists) {
        line = .allocate(capacity: Self.name.utf8.count + IdempotencyKey.length + 1)
        for (index, byte) in Self.name.utf8.enumerated() { line[index] = CChar(byte) }
        line[Self.name.utf8.count + IdempotencyKey.length] = 0
        (post, patch) = (.allocate(capacity: 1), .allocate(capacity: 1))
        post.initialize(to: curl_slist(data: line, next: lists.post))
        patch.initialize(to: curl_slist(data: line, next: lists.patch))
    }

    func set(_ key: IdempotencyKey) { key.write(to: line + Self.name.utf8.count) }

    func deallocate() {
        line.deallocate()
        post.deallocate()
        patch.deallocate()
    }
}
