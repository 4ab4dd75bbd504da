package import HTTPTypes
import LoadShedding
package import LocalLambda
package import NIOCore
package import NIOHTTPTypes

/// Rejects requests for which Lambda has no capacity before any work is done for them.
///
/// To read a request, encode its event and pass it to Lambda and back costs a large part of what it costs to serve one.
/// Under overload there is no time for that.
package final class EarlyRefusalHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Requests are passed on. `unanswered` of them have no complete response yet.
        case passing(unanswered: Int)
        /// A request that will be rejected at `turn` is being read. `received` counts the bytes of its body.
        case reading(HTTPRequest, turn: NIODeadline, received: Int)
        /// The rejection waits for its scheduled time. If another request arrives before, the connection closes after the
        /// rejection, and the client must repeat the other request.
        case waiting(closes: Bool)
        /// The connection closes; whatever still arrives is dropped.
        case ending
    }

    private let admission: (HTTPRequest) -> Admission
    private let fields: (_ origin: String?) -> HTTPFields
    private var state = State.passing(unanswered: 0)
    /// The place of the request that has been passed on.
    private var place: Place?

    /// A handler for one connection, which must run on Lambda's event loop to have any effect.
    package convenience init(gateway: LocalAPIGateway) {
        self.init(admission: gateway.admission, fields: gateway.rejectionFields(for:))
    }

    /// - Parameters:
    ///   - admission: Whether to pass a request on.
    ///   - fields: The header fields of the rejection.
    package init(
        admission: @escaping (HTTPRequest) -> Admission,
        fields: @escaping (_ origin: String?) -> HTTPFields
    ) {
        self.admission = admission
        self.fields = fields
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .passing(0)):
            switch admission(head) {
            case .refused(let turn):
                let announced = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
                read(head, turn: turn, received: 0, announced: announced, context)
            case .admitted(let place):
                self.place = place
                state = .passing(unanswered: 1)
                context.fireChannelRead(data)
            }
        case (.head, .passing(let count)):
            // Responses are in the order of the requests, so that only the first can be rejected here.
            state = .passing(unanswered: count + 1)
            context.fireChannelRead(data)
        case (.end, .passing(1)):
            // A place must be released soon. So it is taken only if the end of the connection is still to be reported, and
            // if the response will not wait for the client to read others.
            if context.channel.isActive, context.channel.isWritable { place?.take() }
            context.fireChannelRead(data)
        case (_, .passing): context.fireChannelRead(data)
        case (.body(let part), .reading(let head, let turn, let received)):
            read(head, turn: turn, received: received + part.readableBytes, announced: 0, context)
        case (.end, .reading(let head, let turn, _)):
            state = .waiting(closes: head.endsConnection)
            reject(head, at: turn, context)
        case (_, .reading), (_, .ending): break
        case (_, .waiting): state = .waiting(closes: true)
        }
    }

    /// Reads the rest of a request before it is rejected, unless its body is too large.
    private func read(
        _ head: HTTPRequest,
        turn: NIODeadline,
        received: Int,
        announced: Int,
        _ context: ChannelHandlerContext
    ) {
        if max(received, announced) <= LocalAPIGateway.maximumBodySize {
            state = .reading(head, turn: turn, received: received)
        } else {
            state = .waiting(closes: true)
            reject(head, at: turn, context)
        }
    }

    /// Does not pass on that a client that waits for its rejection sends nothing more: the server above, which has not
    /// seen the request, would close the connection.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .waiting = state, case .inputClosed? = event as? ChannelEvent {
            state = .waiting(closes: true)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational: leavePlace()
        // The head of an informational response is not followed by an end.
        case .end: if case .passing(let count) = state { state = .passing(unanswered: count - 1) }
        default: break
        }
        context.write(data, promise: promise)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        leavePlace()
        context.fireChannelInactive()
    }

    private func leavePlace() {
        place?.leave()
        place = nil
    }

    private func reject(_ head: HTTPRequest, at turn: NIODeadline, _ context: ChannelHandlerContext) {
        guard turn > context.eventLoop.now else { return writeRejection(of: head, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: turn) {
            let (handler, context) = bound.value
            if context.channel.isActive { handler.writeRejection(of: head, context) }
        }
    }

    private func writeRejection(of head: HTTPRequest, _ context: ChannelHandlerContext) {
        guard case .waiting(let closes) = state else { return }
        var response = HTTPResponse(
            status: .serviceUnavailable,
            headerFields: fields(head.headerFields[.origin])
        )
        if closes { response.headerFields[.connection] = "close" }
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if head.method != .head {
            let body = ByteBuffer(string: GatewayError.tooManyRequests.body)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if closes {
            state = .ending
            context.closeLingering()
        } else {
            state = .passing(unanswered: 0)
        }
    }
}

extension HTTPRequest {
    /// Whether the connection closes after the response. ``HTTP10Handler`` has made every such request carry the header.
    var endsConnection: Bool { headerFields[.connection]?.lowercased() == "close" }
}
