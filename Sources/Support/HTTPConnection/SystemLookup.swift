import Dispatch
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lookups by the C library, which block a thread.
enum SystemLookup {
    #if canImport(Glibc)
        private static let streamType = CInt(SOCK_STREAM.rawValue)
    #else
        private static let streamType = SOCK_STREAM
    #endif

    /// Resolves the endpoint's host on a background thread and calls `completion` there.
    static func start(_ endpoint: HTTPEndpoint, _ completion: @escaping @Sendable (EndpointResolver.Outcome) -> Void) {
        DispatchQueue.global().async { completion(addresses(of: endpoint)) }
    }

    private static func addresses(of endpoint: HTTPEndpoint) -> EndpointResolver.Outcome {
        var hints = addrinfo()
        hints.ai_socktype = streamType
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard status == 0 else { return .failure(NameResolutionError(String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(entry, of: endpoint.host) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses.isEmpty ? .failure(NameResolutionError("it has no address")) : .success(addresses)
    }

    private static func address(_ entry: addrinfo, of host: String) -> SocketAddress? {
        guard let bytes = UnsafeRawPointer(entry.ai_addr) else { return nil }
        return switch entry.ai_family {
        case AF_INET: SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self), host: host)
        case AF_INET6: SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self), host: host)
        default: nil
        }
    }
}
