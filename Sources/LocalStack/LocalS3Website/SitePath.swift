import Encoding

/// The path of a file in a website: one that cannot lead out of the website's folder, symbolic links aside.
package struct SitePath: Sendable, Equatable {
    /// The names of the folders and of the file, none of them empty, hidden or `..`.
    package let components: [String]

    /// Parses the path of a URL. Returns nil for one that is malformed, contains a NUL or a backslash, or has components
    /// that are empty or start with a dot. A path that ends in `/` is that of the folder's index document.
    package init?(_ path: String) {
        // Bytes, not characters: to Swift, a slash followed by a combining mark is a character other than the slash.
        guard let decoded = PercentEncoding.decodeStrictly(path.utf8), decoded.utf8.first == UInt8(ascii: "/"),
            !decoded.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\\") })
        else { return nil }
        var components = decoded.utf8.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        if components.last?.isEmpty ?? true { components = components.dropLast() + ["index.html"] }
        guard components.allSatisfy({ !$0.isEmpty && $0.utf8.first != UInt8(ascii: ".") }) else { return nil }
        self.components = components
    }
}
