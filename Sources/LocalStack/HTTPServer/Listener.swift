package import NIOCore
import Time

/// The connections of one server, on its event loop.
///
/// As a handler of the server's channel, it stops accepting connections at a limit: a stack without free file descriptors
/// can neither start processes nor use the database.
package final class Listener: ChannelDuplexHandler {
    package typealias InboundIn = any Channel
    package typealias OutboundIn = Never

    private let maximumConnections: Int
    private var context: ChannelHandlerContext?
    private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    /// The number of open connections, including those whose handlers have not been inserted yet.
    private var acceptedCount = 0
    private var isReadDeferred = false
    private var shutDownPromise: EventLoopPromise<Void>?
    private var lastDate = (second: 0, text: "")

    init(maximumConnections: Int) { self.maximumConnections = maximumConnections }

    package var port: Int { context?.localAddress?.port ?? 0 }

    var connectionCount: Int { connections.count }

    func insert(_ connection: ConnectionHandler, until closed: EventLoopFuture<Void>) {
        let id = ObjectIdentifier(connection)
        connections[id] = connection
        closed.assumeIsolated().whenComplete { [self] _ in
            connections[id] = nil
            if connections.isEmpty { shutDownPromise?.succeed() }
        }
    }

    /// The value of the `Date` header field, formatted once a second.
    func date() -> String {
        let second = WallClock.seconds()
        if second != lastDate.second { lastDate = (second, HTTPDate.string(secondsSince1970: second)) }
        return lastDate.text
    }

    /// Stops listening, and closes each connection when no request is in progress on it. Succeeds when all have closed.
    package func shutDown(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        shutDownPromise = promise
        context?.close(promise: nil)
        if connections.isEmpty { promise.succeed() }
        for connection in Array(connections.values) { connection.shutDown() }
        return promise.futureResult
    }

    /// Stops listening and closes all connections.
    package func close() {
        context?.close(promise: nil)
        for connection in Array(connections.values) { connection.close() }
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        acceptedCount += 1
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).assumeIsolated().whenComplete { [self] _ in
            acceptedCount -= 1
            guard isReadDeferred, acceptedCount < maximumConnections else { return }
            isReadDeferred = false
            self.context?.read()
        }
        context.fireChannelRead(data)
    }

    package func read(context: ChannelHandlerContext) {
        if acceptedCount < maximumConnections { context.read() } else { isReadDeferred = true }
    }
}
