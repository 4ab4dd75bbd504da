import Encoding

/// The id of a haiku: any string that is not empty.
package struct ItemID: Hashable, Sendable {
    package let text: String

    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
    }

    /// Decodes a path segment. Returns nil if it is empty, malformed, or not a single segment.
    package init?(percentEncoded segment: String) {
        guard !segment.contains(where: { "/?#".contains($0) }),
            let text = PercentEncoding.decodeStrictly(segment.utf8)
        else { return nil }
        self.init(text)
    }

    /// The id as a path segment (RFC 3986, section 3.3).
    package var percentEncoded: String {
        String(decoding: PercentEncoding.encode(text.utf8), as: UTF8.self)
    }
}
