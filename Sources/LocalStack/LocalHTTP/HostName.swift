/// Under which names this machine is called. A page in a browser whose own name has been pointed at 127.0.0.1 (DNS
/// rebinding) sends that name as the host.
public enum HostName {
    /// Names of this machine that nobody else can own.
    public static let local = ["localhost", "127.0.0.1", "[::1]"]

    /// Whether `authority`, a name with or without a port (RFC 9110, section 7.2), has one of these names, in lower case.
    public static func isOne(of names: [String] = local, _ authority: String) -> Bool {
        var name = authority[...]
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
            guard UInt16(name[name.index(after: colon)...]) != nil else { return false }
            name = name[..<colon]
        }
        return names.contains(name.lowercased())
    }
}
