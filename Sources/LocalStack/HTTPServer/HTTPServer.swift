import HTTPMessage
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Time

/// An HTTP/1.1 server on 127.0.0.1 that limits connections, the sizes of heads and bodies, and the time that clients take.
///
/// ```swift
/// try await HTTPServer.run(.init(port: 8080), on: eventLoop) { MyResponder(on: eventLoop) }
/// ```
///
/// It runs on one event loop, without Swift tasks, and handles the requests of a connection one at a time. It stops accepting
/// connections at a limit: a stack without free file descriptors can neither start processes nor use the database.
package final class HTTPServer: ChannelInboundHandler {
    package struct Configuration: Sendable {
        /// The port; 0 for any free one.
        package var port: Int
        /// The limit for a request line with its header fields, and for trailer fields, in bytes.
        package var maximumHeadBytes = 64 << 10
        /// The number of connections that are served at a time. On a few more, the first request is rejected.
        package var maximumConnections: Int
        package var bodies = BodyBudget()
        /// The accepted values of `Host` without the port, in lower case.
        package var hostNames = ["localhost", "127.0.0.1", "[::1]"]
        /// Whether a client that has closed its side of the connection still gets its response.
        package var allowsHalfClosure = true
        /// The time from one response to the end of the next request's head.
        package var idleTimeout = TimeAmount.minutes(5)
        /// The time that a client has to send a body, or to receive a response.
        package var clientTimeout = TimeAmount.seconds(30)
        /// The time for which the server drops what arrives after the last response. If it closed the connection at once,
        /// a client that is still sending could lose the response (RFC 9112, section 9.6).
        var lingeringTime = TimeAmount.seconds(1)

        /// - Parameter openFiles: This process's limit on open files, which functions and the database share.
        package init(port: Int = 0, openFiles: Int = 8_000) {
            self.port = port
            maximumConnections = min(2_000, max(openFiles / 8, 1))
        }

        /// The number of connections to accept at a time, and beyond ``maximumConnections``, so that their clients get a
        /// rejection. All others wait in the kernel's backlog, where they get no response.
        fileprivate var acceptBatch: Int { min(max(maximumConnections / 8, 1), 32) }
    }

    package typealias InboundIn = any Channel
    private let configuration: Configuration
    private let makeResponder: () -> any Responder
    private var context: ChannelHandlerContext?
    private var connections: [ObjectIdentifier: (channel: any Channel, handler: ConnectionHandler)] = [:]
    private var lastDate = (second: 0, text: "")

    private init(_ configuration: Configuration, makeResponder: @escaping () -> any Responder) {
        (self.configuration, self.makeResponder) = (configuration, makeResponder)
    }

    /// Serves requests until graceful shutdown, then completes those in progress. `makeResponder` makes the responder of one
    /// connection, on the event loop; `onStart` gets the port when the server is listening.
    ///
    /// - Throws: `IOError` if it cannot listen on the port, and the errors of `onStart`.
    package static func run(
        _ configuration: Configuration, on eventLoop: any EventLoop,
        makeResponder: @escaping @Sendable () -> any Responder, onStart: (Int) async throws -> Void = { _ in }
    ) async throws {
        let server = try await listen(configuration, on: eventLoop, makeResponder: makeResponder).get()
        try await onStart(eventLoop.submit { server.value.port }.get())
        try? await gracefulShutdown()
        try await eventLoop.flatSubmit {
            let closed = server.value.connections.values.map(\.channel.closeFuture)
            server.value.shutDown()
            return EventLoopFuture.andAllComplete(closed, on: eventLoop)
        }.get()
    }

    package static func listen(
        _ configuration: Configuration, on eventLoop: any EventLoop,
        makeResponder: @escaping @Sendable () -> any Responder
    ) -> EventLoopFuture<NIOLoopBoundBox<HTTPServer>> {
        let server = NIOLoopBoundBox.makeBoxSendingValue(
            HTTPServer(configuration, makeResponder: makeResponder), eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: UInt(configuration.acceptBatch))
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(server.value) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: configuration.allowsHalfClosure)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try server.value.serve(channel) }
            }
            .bind(host: "127.0.0.1", port: configuration.port)
            .map { _ in server }
    }

    package var port: Int { context?.localAddress?.port ?? 0 }

    /// Stops listening, and closes each connection when no request is in progress on it.
    private func shutDown() {
        context?.close(promise: nil)
        for connection in Array(connections.values) { connection.handler.shutDown() }
    }

    package func close() {
        context?.close(promise: nil)
        for connection in Array(connections.values) { connection.channel.close(promise: nil) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.context = context
        acceptMore()
    }

    package func channelReadComplete(context: ChannelHandlerContext) { acceptMore() }
    package func channelInactive(context: ChannelHandlerContext) { self.context = nil }

    private func acceptMore() {
        if connections.count < configuration.maximumConnections + configuration.acceptBatch { context?.read() }
    }

    private func serve(_ channel: any Channel) throws {
        let responder = makeResponder()
        let isServed = connections.count < configuration.maximumConnections
        let machine = ConnectionStateMachine(configuration, isServed: isServed, at: .now(), decide: responder.decide)
        let handler = ConnectionHandler(machine, responder) { [self] in date() }
        try channel.pipeline.syncOperations.addHandler(handler)
        connections[ObjectIdentifier(channel)] = (channel, handler)
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            connections[ObjectIdentifier(channel)] = nil
            acceptMore()
        }
    }

    /// The value of the `Date` header field, formatted once a second.
    private func date() -> String {
        let second = WallClock.seconds()
        if second != lastDate.second { lastDate = (second, HTTPDate.string(secondsSince1970: second)) }
        return lastDate.text
    }
}
