import NIOCore
import NIOPosix
import NIOSSL

/// One attempt to open a channel: name resolution, and then the TCP connection and TLS handshake with one timeout for both.
final class ConnectionAttempt {
    typealias Outcome = Result<(any Channel, HTTPExchangeHandler), HTTPConnectionError>

    private let resolver: EndpointResolver
    private let eventLoop: any EventLoop
    private let configuration: HTTPConnection.Configuration
    private var addresses: [SocketAddress] = []
    private var completion: ((Outcome) -> Void)?
    private var timer: Scheduled<Void>?
    private var channel: (any Channel)?

    private var endpoint: HTTPEndpoint { resolver.endpoint }

    init(to resolver: EndpointResolver, on eventLoop: any EventLoop, configuration: HTTPConnection.Configuration) {
        self.resolver = resolver
        self.eventLoop = eventLoop
        self.configuration = configuration
    }

    /// Opens the channel and calls `completion` once, unless ``cancel()`` is called first.
    func start(_ completion: @escaping (Outcome) -> Void) {
        self.completion = completion
        guard resolver.literalAddress == nil else { return connectWithinTimeout() }
        resolver.addresses(on: eventLoop).assumeIsolated().whenComplete { self.resolved($0) }
        // Loads the certificates during the lookup. A failure is reported when they are used.
        if endpoint.scheme == .https { _ = try? configuration.trust.context() }
    }

    func cancel() {
        completion = nil
        cancelTimer()
        channel?.close(promise: nil)
    }

    private func resolved(_ result: Result<[SocketAddress], any Error>) {
        guard completion != nil else { return }
        switch result {
        case .success(let addresses):
            self.addresses = addresses
            connectWithinTimeout()
        case .failure(let error):
            finish(.failure(HTTPConnectionError(.connectFailed, "\(endpoint): \(error)")))
        }
    }

    private func connectWithinTimeout() {
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
            self.resolver.recordConnection(succeeded: false)
            self.finish(.failure(HTTPConnectionError(.timedOut, "while connecting to \(self.endpoint)")))
        }
        connect()
    }

    private func connect() {
        switch endpoint.scheme {
        case .http:
            connect(trust: nil)
        case .https:
            do throws(HTTPConnectionError) {
                connect(trust: try configuration.trust.context())
            } catch {
                finish(.failure(error))
            }
        }
    }

    private func connect(trust: (context: NIOSSLContext, index: Int)?) {
        let maximumResponseBytes = configuration.maximumResponseBytes
        let authority = endpoint.authority
        let context = trust?.context
        // The certificate must match this name or, if it is nil, the server's IP address, which SNI does not allow.
        let serverName = resolver.literalAddress == nil ? endpoint.host : nil
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
                    }
                    try pipeline.addHandler(
                        HTTPExchangeHandler(
                            authority: authority,
                            isHandshaking: context != nil,
                            maximumResponseBytes: maximumResponseBytes
                        )
                    )
                }
            }
        let connected =
            resolver.literalAddress.map(bootstrap.connect(to:))
            ?? bootstrap.resolver(KnownAddresses(addresses, on: eventLoop))
            .connect(host: endpoint.host, port: endpoint.port)
        connected.assumeIsolated().whenComplete { self.connected($0, trustIndex: trust?.index) }
    }

    private func connected(_ result: Result<any Channel, any Error>, trustIndex: Int?) {
        do {
            let channel = try result.get()
            resolver.recordConnection(succeeded: true)
            guard completion != nil else { return channel.close(promise: nil) }
            let handler = try channel.pipeline.syncOperations.handler(type: HTTPExchangeHandler.self)
            guard let trustIndex else { return finish(.success((channel, handler))) }
            self.channel = channel
            handler.whenHandshakeEnds { error in
                guard let error else { return self.finish(.success((channel, handler))) }
                channel.close(promise: nil)
                self.handshakeFailed(error, trustIndex: trustIndex)
            }
        } catch {
            resolver.recordConnection(succeeded: false)
            finish(.failure(HTTPConnectionError(.connectFailed, "\(endpoint): \(Self.description(of: error))")))
        }
    }

    private func handshakeFailed(_ error: any Error, trustIndex: Int) {
        guard completion != nil else { return }
        if Self.isUntrustedCertificate(error), configuration.trust.advance(beyond: trustIndex) {
            connect()
        } else {
            finish(.failure(HTTPConnectionError(.tls, "\(endpoint): \(error)")))
        }
    }

    private func finish(_ outcome: Outcome) {
        guard let completion else { return }
        self.completion = nil
        cancelTimer()
        if case .failure = outcome { channel?.close(promise: nil) }
        completion(outcome)
    }

    private func cancelTimer() {
        timer?.cancel()
        timer = nil
    }

    /// NIOSSL exposes BoringSSL's reason as text only.
    private static func isUntrustedCertificate(_ error: any Error) -> Bool {
        guard case .handshakeFailed(let reason)? = error as? NIOSSLError else { return false }
        // String.contains(_:) would link the regular expression engine, 1 MB.
        let text = Array(String(describing: reason).utf8)
        return text.indices.contains { text[$0...].starts(with: "CERTIFICATE_VERIFY_FAILED".utf8) }
    }

    private static func description(of error: any Error) -> String {
        let failure = (error as? NIOConnectionError)?.connectionErrors.first
        return "\(failure?.error ?? error)"
    }
}
