import NIOCore

/// Responds once to whatever a client sends, with the rejection, and closes the connection.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the client may take to start its request.
    private static let requestTimeout = TimeAmount.seconds(1)

    private enum State {
        case waitingForRequest(timeout: Scheduled<Void>)
        /// The request has started; the rejection waits for its scheduled time.
        case scheduled
        case rejected
    }

    private let limit: ConnectionLimit
    private var state: State?

    init(limit: ConnectionLimit) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let timeout = context.eventLoop.scheduleTask(in: Self.requestTimeout) { channel.close(promise: nil) }
        state = .waitingForRequest(timeout: timeout)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .waitingForRequest(let timeout) = state else { return }
        timeout.cancel()
        state = .scheduled
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: limit.turnOfRefusal()) {
            let (handler, context) = bound.value
            if context.channel.isActive { handler.reject(context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client sends nothing more. While it waits for the response, it may still be reading.
        guard case .inputClosed? = event as? ChannelEvent else { return }
        if case .scheduled = state { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func reject(_ context: ChannelHandlerContext) {
        state = .rejected
        context.writeAndFlush(wrapOutboundOut(limit.refusal), promise: nil)
        context.closeLingering()
    }
}
