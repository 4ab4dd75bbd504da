public import NIOCore
public import NIOHTTPTypes

/// Ends the connection of a client that takes too long to send the body of a request, or to take a reply.
///
/// A client that sends a byte a second is never idle, and one that does not read makes the server keep its reply: each
/// would hold its connection, and the memory for it, for ever. How long a client may take to begin a request is for the
/// server's idle timeout, which bytes of an incomplete head do not prolong.
///
/// It works on one connection, next to the network but for the translation to HTTP.
public final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// What it watches.
    public typealias InboundIn = HTTPRequestPart
    /// What it watches.
    public typealias OutboundIn = HTTPResponsePart

    private let patience: TimeAmount
    private var isReceiving = false
    /// Requests that have begun and whose replies have not been written.
    private var unanswered = 0
    /// Runs while a request comes in.
    private var requestTimer: Scheduled<Void>?
    /// Runs while more of a reply waits than the channel takes.
    private var replyTimer: Scheduled<Void>?

    /// - Parameter patience: How long a body may take from its head to its end, and how long a reply may wait for the
    ///   client to read.
    public init(patience: TimeAmount) { self.patience = patience }

    /// Notes where requests begin and end.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            unanswered += 1
        case .body: break
        case .end:
            isReceiving = false
            cancel(&requestTimer)
        }
        context.fireChannelRead(data)
    }

    /// Starts the clock if a request has not come as a whole, as nearly all do.
    public func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving, requestTimer == nil { watchRequest(context) }
        context.fireChannelReadComplete()
    }

    /// Notes where replies end.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    /// Starts and stops the clock of the reply.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        cancel(&replyTimer)
        if !context.channel.isWritable {
            replyTimer = schedule(context) { $1.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Stops the clocks.
    public func handlerRemoved(context: ChannelHandlerContext) {
        cancel(&requestTimer)
        cancel(&replyTimer)
    }

    private func watchRequest(_ context: ChannelHandlerContext) {
        requestTimer = schedule(context) { handler, context in
            // While an earlier request is worked on, it is the server that does not read.
            if handler.unanswered > 1 { handler.watchRequest(context) } else { context.close(promise: nil) }
        }
    }

    private func schedule(
        _ context: ChannelHandlerContext,
        _ action: @escaping (SlowClientHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: patience) { action(self, context) }
    }

    private func cancel(_ timer: inout Scheduled<Void>?) {
        timer?.cancel()
        timer = nil
    }
}
