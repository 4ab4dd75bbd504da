package import NIOCore
package import NIOHTTPTypes

/// Closes the connection of a client that takes too long to send a request's body or to read a response.
///
/// A client that sends a byte a second is never idle, and one that does not read makes the server keep its response:
/// each would hold its connection, and the memory for it, without end. How long a client may take to start a request is
/// up to the server's idle timeout, which bytes of an incomplete head do not extend.
///
/// It must be directly above the HTTP codec of its connection.
package final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart

    private let timeout: TimeAmount
    private var isReceiving = false
    /// Requests whose heads have been read and whose responses have not been written completely.
    private var requestsInProgress = 0
    /// Runs while a request is incomplete.
    private var requestTimer: Scheduled<Void>?
    /// Runs while the channel is not writable.
    private var responseTimer: Scheduled<Void>?

    /// - Parameter timeout: How long a body may take from the head of its request to its end, and how long a response may
    ///   wait for the client to read.
    package init(timeout: TimeAmount) { self.timeout = timeout }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            requestsInProgress += 1
        case .body: break
        case .end:
            isReceiving = false
            cancel(&requestTimer)
        }
        context.fireChannelRead(data)
    }

    /// Starts the timer only for a request that has not arrived in one read, as nearly all do.
    package func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving, requestTimer == nil { watchRequest(context) }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { requestsInProgress -= 1 }
        context.write(data, promise: promise)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        cancel(&responseTimer)
        if !context.channel.isWritable {
            responseTimer = schedule(context) { $1.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        cancel(&requestTimer)
        cancel(&responseTimer)
    }

    private func watchRequest(_ context: ChannelHandlerContext) {
        requestTimer = schedule(context) { handler, context in
            // While an earlier request is being handled, it is the server that does not read.
            if handler.requestsInProgress > 1 { handler.watchRequest(context) } else { context.close(promise: nil) }
        }
    }

    private func schedule(
        _ context: ChannelHandlerContext,
        _ action: @escaping (SlowClientHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { action(self, context) }
    }

    private func cancel(_ timer: inout Scheduled<Void>?) {
        timer?.cancel()
        timer = nil
    }
}
