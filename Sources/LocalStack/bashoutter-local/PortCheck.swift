import Glibc

/// Checks that a server will be able to listen on a port, before anything is created.
enum PortCheck {
    /// - Parameter option: The option that sets the port, which the error names.
    /// - Throws: ``StartupError/portInUse(_:option:by:)`` or ``StartupError/portNotPermitted(_:option:)``.
    static func verify(_ port: Int, option: String) throws(StartupError) {
        guard port != 0 else { return }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // As the server sets it: connections of an earlier process in TIME_WAIT do not occupy the port.
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status != 0 else { return }
        switch errno {
        case EADDRINUSE: throw .portInUse(port, option: option, by: PortOwner(port: port))
        case EACCES: throw .portNotPermitted(port, option: option)
        default: return
        }
    }
}
