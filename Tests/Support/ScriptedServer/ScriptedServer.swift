package import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import struct Glibc.linger
#elseif canImport(Musl)
    import struct Musl.linger
#endif

/// A server on 127.0.0.1 that follows a script for each connection.
package final class ScriptedServer: Sendable {
    package enum Step: Sendable {
        /// Waits for a complete request on this connection.
        case awaitRequest
        /// Waits until this many requests have arrived on all connections together.
        case awaitRequests(Int)
        case send(String)
        case close
        /// Closes the connection with a TCP reset.
        case reset
    }

    private let channel: any Channel
    private let log: ServerLog

    private init(channel: any Channel, log: ServerLog) {
        self.channel = channel
        self.log = log
    }

    package var port: Int { channel.localAddress?.port ?? 0 }
    /// The number of accepted connections.
    package var connections: Int { log.entries.withLock { $0.connections } }
    /// The number of connections that have ended.
    package var closedConnections: Int { log.entries.withLock { $0.closedConnections } }
    /// The received requests, head and body, in order.
    package var requests: [String] { log.entries.withLock { $0.requests } }

    /// Runs a server until `body` returns. Connection n follows `scripts[n]`; one without a script stays open and sends
    /// nothing. `prepare` may add handlers, such as TLS, to each connection.
    package static func run<T>(
        _ scripts: [[Step]],
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        body: (ScriptedServer) async throws -> T
    ) async throws -> T {
        let log = ServerLog()
        // All connections use one event loop, so that they are numbered in the order of their creation.
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .childChannelInitializer { channel in
                let number = log.entries.withLock { entries in
                    entries.connections += 1
                    return entries.connections - 1
                }
                let steps = number < scripts.count ? scripts[number] : []
                return channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(steps: steps, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel: channel, log: log)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

private final class ServerLog: Sendable {
    struct Entries {
        var connections = 0
        var closedConnections = 0
        var requests: [String] = []
    }

    let entries = Mutex(Entries())
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var steps: ArraySlice<ScriptedServer.Step>
    private var received = ""
    private let log: ServerLog

    init(steps: [ScriptedServer.Step], log: ServerLog) {
        self.steps = steps[...]
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) { advance(context: context) }

    func channelInactive(context: ChannelHandlerContext) {
        log.entries.withLock { $0.closedConnections += 1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        advance(context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func advance(context: ChannelHandlerContext) {
        while let step = steps.first {
            switch step {
            case .awaitRequest:
                guard let request = takeRequest() else { return }
                log.entries.withLock { $0.requests.append(request) }
            case .awaitRequests(let count):
                guard log.entries.withLock({ $0.requests.count }) >= count else {
                    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { [self] in
                        advance(context: context)
                    }
                    return
                }
            case .send(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .close:
                context.close(promise: nil)
            case .reset:
                let provider = context.channel as? any SocketOptionProvider
                provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
                    context.close(promise: nil)
                }
            }
            steps.removeFirst()
        }
    }

    private func takeRequest() -> String? {
        guard let head = received.firstRange(of: "\r\n\r\n") else { return nil }
        var length = 0
        for line in received[..<head.lowerBound].split(separator: "\r\n")
        where line.lowercased().hasPrefix("content-length: ") {
            length = Int(line.dropFirst("content-length: ".count)) ?? 0
        }
        let body = received[head.upperBound...].utf8.prefix(length)
        guard body.count == length else { return nil }
        let request = String(received[..<body.endIndex])
        received.removeSubrange(..<body.endIndex)
        return request
    }
}
