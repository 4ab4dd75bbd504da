/// The names by which clients reach this machine. A web page whose own name has been pointed at 127.0.0.1 (DNS
/// rebinding) sends that name as the host.
package enum HostName {
    /// Names of this machine that nobody else can own.
    package static let local = ["localhost", "127.0.0.1", "[::1]"]

    /// Whether the host in `authority`, with or without a port (RFC 9110, section 7.2), is one of `names`, which are in
    /// lower case.
    package static func isOne(of names: [String] = local, _ authority: String) -> Bool {
        var name = authority.utf8[...]
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), name.last != UInt8(ascii: "]") {
            let port = Substring(name[name.index(after: colon)...])
            guard port.isEmpty || UInt16(port) != nil else { return false }
            name = name[..<colon]
        }
        return names.contains(Substring(name).lowercased())
    }
}
