/// The path of a file inside a site, known to stay inside it as far as a path can tell.
package struct SitePath: Sendable, Equatable {
    /// The names of the folders and of the file, none of them empty, hidden or `..`.
    package let components: [String]
    /// Whether the path names a folder's index document.
    package let isFolder: Bool

    /// Reads the path of a URL. Nil when it is no path of a site: badly encoded, with a NUL or a backslash, with `.` or
    /// `..`, empty or hidden components.
    package init?(_ path: String) {
        // Bytes, not characters: to Swift, a slash and an accent behind it are one character that is no slash.
        guard let decoded = Self.decode(path.utf8), decoded.utf8.first == UInt8(ascii: "/"),
            !decoded.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\\") })
        else { return nil }
        var components = decoded.utf8.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        isFolder = components.last?.isEmpty ?? true
        if isFolder { components = components.dropLast() + ["index.html"] }
        guard components.allSatisfy({ !$0.isEmpty && $0.utf8.first != UInt8(ascii: ".") }) else { return nil }
        self.components = components
    }

    private static func decode(_ path: String.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = path[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let digits = String(rest.prefix(2)), let value = UInt8(digits, radix: 16),
                !digits.hasPrefix("+")
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
