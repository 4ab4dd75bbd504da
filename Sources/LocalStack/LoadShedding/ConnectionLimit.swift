public import HummingbirdCore
import Logging
public import NIOCore
import Synchronization

/// Bounds the connections that a server serves. One beyond the bound gets an answer to its first request, whatever that
/// is, and is closed.
///
/// A connection costs a descriptor and memory even while it is silent. When descriptors run out, nothing works any more:
/// neither further connections, nor starting processes, nor the database. So there is a bound that is far below. Those
/// that are being refused take descriptors too: the server should stop accepting at ``maximumAccepted``.
///
/// ```swift
/// let limit = ConnectionLimit(1_000, refusal: ByteBuffer(string: "HTTP/1.1 503 …\r\n\r\n"))
/// let application = Application(responder: responder, server: limit.http1(configuration: .init()))
/// ```
public final class ConnectionLimit: Sendable {
    /// How many connections are served at a time.
    public let maximum: Int

    fileprivate let refusal: ByteBuffer
    private let served = Atomic(0)
    private let pace = Mutex(RefusalPace())

    /// - Parameters:
    ///   - maximum: How many connections are served at a time.
    ///   - refusal: The bytes of the answer to the others, which must say that the connection is closed after it.
    public init(_ maximum: Int, refusal: ByteBuffer) {
        self.maximum = maximum
        self.refusal = refusal
    }

    /// How many connections a server may serve in a process that may have so many files open. Two servers, and as many
    /// connections again that are being refused, leave half of the files to everything else.
    public static func maximum(openFiles: Int) -> Int { min(1_000, max(openFiles / 8, 1)) }

    /// How many connections should be accepted at a time: those that are served, and as many that are being refused.
    public var maximumAccepted: Int { 2 * maximum }

    /// An HTTP/1.1 server that serves no more connections.
    public func http1(configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
        HTTPServerBuilder { self.limiting(HTTP1Channel(responder: $0, configuration: configuration)) }
    }

    /// The same server for connections within the limit; for others, the refusal.
    public func limiting(_ server: some ServerChildChannel) -> any ServerChildChannel {
        LimitedServer(server: server, limit: self)
    }

    /// Returns whether one more connection is served, and counts it then until the future succeeds. Those that are being
    /// refused do not count: their number would keep all others from being served.
    fileprivate func admit(until closed: EventLoopFuture<Void>) -> Bool {
        guard served.add(1, ordering: .relaxed).newValue <= maximum else {
            served.subtract(1, ordering: .relaxed)
            return false
        }
        closed.whenComplete { _ in self.served.subtract(1, ordering: .relaxed) }
        return true
    }

    /// When the next refusal is to be made.
    package func turnOfRefusal(_ now: NIODeadline = .now()) -> NIODeadline {
        pace.withLock { $0.turn(now, endsConnection: true) }
    }
}

/// Decides on a connection before anything is made for it: most of what it costs to refuse one would be the handlers
/// that serve it.
private struct LimitedServer<Server: ServerChildChannel>: ServerChildChannel {
    enum Value: ServerChildChannelValue {
        case served(Server.Value)
        case refused(any Channel)

        var channel: any Channel {
            switch self {
            case .served(let value): value.channel
            case .refused(let channel): channel
            }
        }
    }

    let server: Server
    let limit: ConnectionLimit

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard limit.admit(until: channel.closeFuture) else {
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(RefusedConnection(limit: limit))
                return .refused(channel)
            }
        }
        return server.setup(channel: channel, logger: logger).map { .served($0) }
    }

    func handle(value: Value, logger: Logger) async {
        if case .served(let value) = value { await server.handle(value: value, logger: logger) }
    }
}

/// Answers what a client sends once, with the refusal.
private final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the client may take to begin its request.
    private static let patience = TimeAmount.seconds(1)

    private enum State {
        case waitingForRequest(patience: Scheduled<Void>)
        case waitingForTurn
        case answered
    }

    private let limit: ConnectionLimit
    private var state: State?

    init(limit: ConnectionLimit) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let patience = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        state = .waitingForRequest(patience: patience)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .waitingForRequest(let patience) = state else { return }
        patience.cancel()
        state = .waitingForTurn
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: limit.turnOfRefusal()) {
            let (handler, context) = bound.value
            if context.channel.isActive { handler.answer(context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client sends nothing more, as it should after the answer. While it waits for that, it may still be reading.
        guard case .inputClosed? = event as? ChannelEvent else { return }
        if case .waitingForTurn = state { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ context: ChannelHandlerContext) {
        state = .answered
        context.writeAndFlush(wrapOutboundOut(limit.refusal), promise: nil)
        context.closeLingering()
    }
}
