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
/// try channel.pipeline.syncOperations.addHandler(limit.handler())
/// ```
public final class ConnectionLimit: Sendable {
    /// How many connections are served at a time.
    public let maximum: Int

    fileprivate let refusal: ByteBuffer
    private let open = Atomic(0)
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

    /// A handler for one connection. It counts it and, if there are too many, puts itself first in the pipeline.
    public func handler() -> any ChannelInboundHandler & RemovableChannelHandler { CountedConnection(limit: self) }

    /// Counts one more connection, until the future succeeds, and returns whether it is served.
    fileprivate func admit(until closed: EventLoopFuture<Void>) -> Bool {
        let count = open.add(1, ordering: .relaxed).newValue
        closed.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
        return count <= maximum
    }

    fileprivate func turn() -> NIODeadline { pace.withLock { $0.turn(.now()) } }
}

private final class CountedConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: ConnectionLimit

    init(limit: ConnectionLimit) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        guard !limit.admit(until: context.channel.closeFuture) else { return }
        // What comes over such a connection is not worth being parsed.
        try? context.pipeline.syncOperations.addHandler(RefusedConnection(limit: limit), position: .first)
    }
}

/// Keeps everything that a client sends from the server, and answers it once.
private final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the client may take to send its request, and to go on sending what nobody reads: a connection that is
    /// closed at once takes the answer along with it.
    private static let patience = TimeAmount.seconds(1)

    private let limit: ConnectionLimit
    private var hasAnswered = false

    init(limit: ConnectionLimit) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        let (channel, refusal) = (context.channel, limit.refusal)
        // Below everything else in the pipeline, which knows nothing of this answer.
        let first = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: limit.turn()) {
            guard channel.isActive else { return }
            first.value.writeAndFlush(NIOAny(refusal), promise: nil)
            channel.close(mode: .output, promise: nil)
        }
    }
}
