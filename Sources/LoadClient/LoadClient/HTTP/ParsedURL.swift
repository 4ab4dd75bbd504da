import CCurl

/// A URL that libcurl has parsed.
final class ParsedURL {
    let handle: OpaquePointer

    init?(_ text: String) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        guard set(text) else { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    /// Resolves `text` against the URL, which becomes the result. Returns false if `text` is malformed.
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
