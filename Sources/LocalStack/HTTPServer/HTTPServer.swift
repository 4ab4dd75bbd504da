package import NIOCore
import NIOPosix
import ServiceLifecycle

/// An HTTP/1.1 server on 127.0.0.1, with limits for everything that a client can make it hold: connections, heads, bodies
/// and time.
///
/// ```swift
/// let server = HTTPServer(port: 8080, on: eventLoop) { MyResponder(on: eventLoop) }
/// try await server.run()
/// ```
///
/// Everything happens on one event loop, without tasks. Requests on one connection are served one after another.
package struct HTTPServer: Service {
    package struct Configuration: Sendable {
        /// The limit for a request line with its header fields, and for trailer fields, in bytes.
        package var maximumHeadBytes = 64 << 10
        /// Connections that are served at a time. Some more are accepted, and rejected at their first request.
        package var maximumConnections = 1_000
        package var timeouts = ConnectionStateMachine.Timeouts()
        package var bodies = BodyBudget()
        /// The accepted values of `Host` without the port, in lower case.
        package var hostNames = HostName.local
        /// Whether a client that has closed its side of the connection still gets its response.
        package var allowsHalfClosure = true

        package init() {}

        /// The connections that a server may serve in a process that may have `openFiles` files open. Two servers leave half
        /// of the files for everything else.
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

    /// Serves requests until graceful shutdown, and then until those in progress have their responses.
    ///
    /// - Throws: `IOError` if the port is in use.
    package func run() async throws {
        try await prepare()
        let listener = try await bind().get()
        try await onStart(eventLoop.submit { listener.value.port }.get())
        try? await gracefulShutdown()
        try await eventLoop.flatSubmit { listener.value.shutDown(on: eventLoop) }.get()
    }

    /// Starts to listen.
    package func bind() -> EventLoopFuture<NIOLoopBound<Listener>> {
        // Further connections are accepted in order to be rejected, or wait in the kernel.
        let batch = min(max(configuration.maximumConnections / 8, 1), 32)
        let limit = configuration.maximumConnections + batch
        let bound = NIOLoopBoundBox.makeBoxSendingValue(Listener(maximumConnections: limit), eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Under overload, connections that wait to be accepted get no response at all.
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
        let names = configuration.hostNames
        let machine = ConnectionStateMachine(
            timeouts: configuration.timeouts,
            maximumHeadBytes: configuration.maximumHeadBytes,
            bodies: configuration.bodies,
            isServed: listener.connectionCount < configuration.maximumConnections,
            at: .now(),
            isAllowedHost: { HostName.isOne(of: names, $0) }
        )
        return ConnectionHandler(machine, responder: makeResponder(), date: listener.date)
    }
}
