/// The path of a file inside a site, known to stay inside it as far as a path can tell.
package struct SitePath: Sendable, Equatable {
    /// The names of the folders and of the file, none of them empty, hidden or `..`.
    package let components: [String]
    /// Whether the path names a folder's index document.
    package let isFolder: Bool

    /// Reads the path of a URL. Nil when it is no path of a site: badly encoded, with a NUL or a backslash, with `.` or
    /// `..`, empty or hidden components.
    package init?(_ path: String) {
        guard path.hasPrefix("/"), let decoded = Self.decode(path.utf8), !decoded.contains("\0"),
            !decoded.contains("\\")
        else { return nil }
        var components = decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        isFolder = components.last?.isEmpty ?? true
        if isFolder { components = components.dropLast() + ["index.html"] }
        guard components.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else { return nil }
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
