package import NIOCore
import NIOPosix
import ServiceLifecycle

/// An HTTP/1.1 server on 127.0.0.1 that limits connections, the sizes of heads and bodies, and the time that clients take.
///
/// ```swift
/// let server = HTTPServer(port: 8080, on: eventLoop) { MyResponder(on: eventLoop) }
/// try await server.run()
/// ```
///
/// It runs on one event loop, without Swift tasks, and handles the requests of a connection one at a time.
package struct HTTPServer: Service {
    package struct Configuration: Sendable {
        /// The limit for a request line with its header fields, and for trailer fields, in bytes.
        package var maximumHeadBytes = 64 << 10
        /// The number of connections that are served at a time. On a few more, the first request is rejected.
        package var maximumConnections = 1_000
        package var timeouts = ConnectionStateMachine.Timeouts()
        package var bodies = BodyBudget()
        /// The accepted values of `Host` without the port, in lower case.
        package var hostNames = HostName.local
        /// Whether a client that has closed its side of the connection still gets its response.
        package var allowsHalfClosure = true

        package init() {}

        /// A value for ``maximumConnections`` in a process that may have `openFiles` files open, which the servers share
        /// with the functions' processes and the database.
        package static func maximumConnections(openFiles: Int) -> Int { min(2_000, max(openFiles / 8, 1)) }
    }

    private let port: Int
    private let eventLoop: any EventLoop
    private let configuration: Configuration
    private let prepare: @Sendable () async throws -> Void
    private let onStart: @Sendable (Int) async throws -> Void
    private let makeResponder: @Sendable () -> any Responder

    /// - Parameters:
    ///   - port: The port; 0 for any free one.
    ///   - prepare: Called before the server listens.
    ///   - onStart: Called with the port when the server is listening.
    ///   - makeResponder: Makes the responder of one connection, on the event loop.
    package init(
        port: Int,
        on eventLoop: any EventLoop,
        configuration: Configuration = Configuration(),
        prepare: @escaping @Sendable () async throws -> Void = {},
        onStart: @escaping @Sendable (Int) async throws -> Void = { _ in },
        makeResponder: @escaping @Sendable () -> any Responder
    ) {
        self.port = port
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.prepare = prepare
        self.onStart = onStart
        self.makeResponder = makeResponder
    }

    /// Serves requests until graceful shutdown, then completes those in progress.
    ///
    /// - Throws: `IOError` if it cannot listen on the port, and the errors of `prepare` and `onStart`.
    package func run() async throws {
        try await prepare()
        let listener = try await bind().get()
        try await onStart(eventLoop.submit { listener.value.port }.get())
        try? await gracefulShutdown()
        try await eventLoop.flatSubmit { listener.value.shutDown(on: eventLoop) }.get()
    }

    package func bind() -> EventLoopFuture<NIOLoopBound<Listener>> {
        // Accepted beyond the limit, so that their clients get a rejection. All others wait in the kernel's backlog.
        let batch = min(max(configuration.maximumConnections / 8, 1), 32)
        let limit = configuration.maximumConnections + batch
        let bound = NIOLoopBoundBox.makeBoxSendingValue(Listener(maximumConnections: limit), eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Accepts a batch at a time: under overload, a connection in the backlog gets no response, not even a rejection.
            .serverChannelOption(.maxMessagesPerRead, value: UInt(batch))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: configuration.allowsHalfClosure)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = makeHandler(bound.value)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    bound.value.insert(handler, until: channel.closeFuture)
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .map { NIOLoopBound(bound.value, eventLoop: $0.eventLoop) }
    }

    private func makeHandler(_ listener: Listener) -> ConnectionHandler {
        let responder = makeResponder()
        let names = configuration.hostNames
        let isServed = listener.connectionCount < configuration.maximumConnections
        let machine = ConnectionStateMachine(
            timeouts: configuration.timeouts,
            maximumHeadBytes: configuration.maximumHeadBytes,
            bodies: configuration.bodies,
            idleUntil: .now() + (isServed ? configuration.timeouts.idle : configuration.timeouts.lingering)
        ) { request throws(RequestRejection) in
            guard isServed else { throw .tooManyConnections }
            // Browsers, which name resolution can mislead, always send a host.
            guard HostName.isOne(of: names, request.host ?? "localhost") else { throw .foreignHost }
            return responder.decide(on: request)
        }
        return ConnectionHandler(machine, responder: responder, date: listener.date)
    }
}
