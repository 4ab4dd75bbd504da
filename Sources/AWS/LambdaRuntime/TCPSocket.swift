internal import HTTPConnection
internal import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A connected TCP socket whose calls block the thread.
final class TCPSocket {
    private static let connectTimeout = timeval(tv_sec: 3, tv_usec: 0)

    #if canImport(Darwin)
        // SIGPIPE is turned off when the socket is made.
        private static let withoutSignal: CInt = 0
    #else
        private static let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif

    private let descriptor: CInt

    /// Connects to `endpoint` within three seconds.
    ///
    /// - Throws: `SocketAddressError` when the name is not resolved, `IOError` when nobody takes the connection.
    init(connectingTo endpoint: HTTPEndpoint) throws {
        // The resolver, which asks the kernel for its interfaces, is not needed for an address.
        let address =
            try (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port))
            ?? SocketAddress.makeAddressResolvingHost(endpoint.host, port: endpoint.port)
        descriptor = try Self.socket(address.protocol)
        // Linux limits connect() by the time limit for sending.
        set(SO_SNDTIMEO, of: SOL_SOCKET, to: Self.connectTimeout)
        try connect(to: address)
        set(SO_SNDTIMEO, of: SOL_SOCKET, to: timeval())
        set(TCP_NODELAY, of: CInt(IPPROTO_TCP), to: CInt(1))
    }

    deinit { close(descriptor) }

    /// Sends all of `buffer`.
    func write(_ buffer: ByteBuffer) throws(IOError) {
        try buffer.withUnsafeReadableBytes { bytes throws(IOError) in
            var rest = bytes
            while !rest.isEmpty {
                let count = send(descriptor, rest.baseAddress, rest.count, Self.withoutSignal)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else if errno != EINTR {
                    throw IOError(errnoCode: errno, reason: "send")
                }
            }
        }
    }

    /// Waits for bytes and puts them into the free space of `buffer`; none when the peer has closed the connection.
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

    private static func socket(_ family: NIOBSDSocket.ProtocolFamily) throws(IOError) -> CInt {
        #if canImport(Darwin)
            let descriptor = Darwin.socket(family.rawValue, SOCK_STREAM, 0)
        #else
            let descriptor = Glibc.socket(family.rawValue, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        #if canImport(Darwin)
            var yes: CInt = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<CInt>.size))
        #endif
        return descriptor
    }

    private func connect(to address: SocketAddress) throws(IOError) {
        let status = address.withSockAddr { pointer, size in
            #if canImport(Darwin)
                Darwin.connect(descriptor, pointer, socklen_t(size))
            #else
                Glibc.connect(descriptor, pointer, socklen_t(size))
            #endif
        }
        guard status == 0 else {
            throw IOError(errnoCode: errno == EINPROGRESS ? ETIMEDOUT : errno, reason: "connect")
        }
    }

    /// A socket without the option works too, if less well: there is nothing to do about a failure.
    private func set<Value: BitwiseCopyable>(_ option: CInt, of level: CInt, to value: Value) {
        _ = withUnsafePointer(to: value) { pointer in
            setsockopt(descriptor, level, option, pointer, socklen_t(MemoryLayout<Value>.size))
        }
    }
}
