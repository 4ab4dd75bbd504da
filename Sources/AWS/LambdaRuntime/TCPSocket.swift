import HTTPConnection
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A connected TCP socket whose calls block the thread.
final class TCPSocket {
    private static let connectTimeout = timeval(tv_sec: 3, tv_usec: 0)

    #if canImport(Glibc)
        private static let streamType = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        private static let streamType = SOCK_STREAM | SOCK_CLOEXEC
    #endif

    private let descriptor: CInt

    /// Resolves the host name, and then connects within three seconds.
    ///
    /// - Throws: `SocketAddressError` if the host name cannot be resolved, `IOError` if the connection fails.
    init(connectingTo endpoint: HTTPEndpoint) throws {
        // An IP address needs no resolver, which would query the kernel for its network interfaces.
        let address =
            try (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port))
            ?? SocketAddress.makeAddressResolvingHost(endpoint.host, port: endpoint.port)
        descriptor = socket(address.protocol.rawValue, Self.streamType, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // On Linux the timeout for sending also limits connect().
        set(SO_SNDTIMEO, of: SOL_SOCKET, to: Self.connectTimeout)
        let status = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        guard status == 0 else {
            throw IOError(errnoCode: errno == EINPROGRESS ? ETIMEDOUT : errno, reason: "connect")
        }
        set(SO_SNDTIMEO, of: SOL_SOCKET, to: timeval())
        set(TCP_NODELAY, of: CInt(IPPROTO_TCP), to: CInt(1))
    }

    deinit { close(descriptor) }

    /// Sends all of `bytes`.
    func write(_ bytes: [UInt8]) throws(IOError) {
        try bytes.span.withUnsafeBytes { bytes throws(IOError) in
            var rest = bytes
            while !rest.isEmpty {
                let count = send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno != EINTR {
                    throw IOError(errnoCode: errno, reason: "send")
                }
            }
        }
    }

    /// Waits for bytes and appends them to `buffer`; appends nothing if the peer has closed the connection.
    func read(into buffer: inout ByteBuffer) throws(IOError) {
        while true {
            var failure: CInt = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { bytes in
                let count = recv(descriptor, bytes.baseAddress, bytes.count, 0)
                if count < 0 { failure = errno }
                return max(0, count)
            }
            guard failure == EINTR else {
                guard failure == 0 else { throw IOError(errnoCode: failure, reason: "recv") }
                return
            }
        }
    }

    /// Ignores failures: the socket also works without the options, if less well.
    private func set<Value: BitwiseCopyable>(_ option: CInt, of level: CInt, to value: Value) {
        _ = withUnsafePointer(to: value) { pointer in
            setsockopt(descriptor, level, option, pointer, socklen_t(MemoryLayout<Value>.size))
        }
    }
}
