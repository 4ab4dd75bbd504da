package import HTTPTypes
import LoadShedding
package import LocalLambda
public import NIOCore
public import NIOHTTPTypes

/// Answers requests that Lambda would refuse for the many that are under way, before anything is done for them.
///
/// To read a request, to write an event of it and to take it to Lambda and back costs a large part of what it costs to
/// serve one. In a flood there is no time for that.
public final class EarlyRefusalHandler: ChannelDuplexHandler, RemovableChannelHandler {
    /// What it reads.
    public typealias InboundIn = HTTPRequestPart
    /// What it passes on.
    public typealias InboundOut = HTTPRequestPart
    /// What it is to write.
    public typealias OutboundIn = HTTPResponsePart
    /// What it writes.
    public typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// So many requests have been passed on and have not been answered.
        case passing(Int)
        /// A request is being read that is to be refused then; so many bytes of its body have come.
        case reading(HTTPRequest, NIODeadline, Int)
        /// The answer is to be written when its turn has come. If another request comes before, the connection ends with
        /// the answer, and the client must repeat that one.
        case waiting(closes: Bool)
        /// The connection ends; what still comes is dropped.
        case ending
    }

    private let admission: (HTTPRequest) -> Admission
    private let fields: (_ origin: String?) -> HTTPFields
    private var state = State.passing(0)
    /// The place of the request that has been passed on.
    private var place: Place?

    /// A handler for one connection, which must be on Lambda's event loop to have any effect.
    public convenience init(gateway: LocalAPIGateway) {
        self.init(admission: gateway.admission, fields: gateway.fieldsOfRefusal)
    }

    /// - Parameters:
    ///   - admission: Whether to pass a request on.
    ///   - fields: The fields of the refusal.
    package init(
        admission: @escaping (HTTPRequest) -> Admission,
        fields: @escaping (_ origin: String?) -> HTTPFields
    ) {
        self.admission = admission
        self.fields = fields
    }

    /// Passes the parts of a request on, or keeps them to itself.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .passing(0)):
            switch admission(head) {
            case .refused(let turn):
                let announced = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
                read(head, turn, received: 0, announced, context)
            case .admitted(let place):
                self.place = place
                state = .passing(1)
                context.fireChannelRead(data)
            }
        case (.head, .passing(let count)):
            // Replies are in the order of the requests, so that only the first can be refused here.
            state = .passing(count + 1)
            context.fireChannelRead(data)
        case (.end, .passing(1)):
            // Only if the end of the connection is still to come, and if the reply will not have to wait behind others
            // that the client does not read: a place must be given back soon.
            if context.channel.isActive, context.channel.isWritable { place?.take() }
            context.fireChannelRead(data)
        case (_, .passing): context.fireChannelRead(data)
        case (.body(let part), .reading(let head, let turn, let count)):
            read(head, turn, received: count + part.readableBytes, 0, context)
        case (.end, .reading(let head, let turn, _)):
            state = .waiting(closes: head.endsConnection)
            refuse(head, at: turn, context)
        case (_, .reading), (_, .ending): break
        case (_, .waiting): state = .waiting(closes: true)
        }
    }

    /// Waits for the end of a request to be refused, unless that is too far away to be worth it.
    private func read(
        _ head: HTTPRequest,
        _ turn: NIODeadline,
        received: Int,
        _ announced: Int,
        _ context: ChannelHandlerContext
    ) {
        if max(received, announced) <= LocalAPIGateway.bodySize {
            state = .reading(head, turn, received)
        } else {
            state = .waiting(closes: true)
            refuse(head, at: turn, context)
        }
    }

    /// Keeps to itself that a client that waits for its answer sends nothing more: the server above, which knows of no
    /// request, would close the connection.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .waiting = state, case .inputClosed? = event as? ChannelEvent {
            state = .waiting(closes: true)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Counts the replies.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational: leavePlace()
        // The head of an informational reply is not followed by an end.
        case .end: if case .passing(let count) = state { state = .passing(count - 1) }
        default: break
        }
        context.write(data, promise: promise)
    }

    /// Gives the place back of who has gone.
    public func channelInactive(context: ChannelHandlerContext) {
        leavePlace()
        context.fireChannelInactive()
    }

    private func leavePlace() {
        place?.leave()
        place = nil
    }

    private func refuse(_ head: HTTPRequest, at turn: NIODeadline, _ context: ChannelHandlerContext) {
        guard turn > context.eventLoop.now else { return answer(head, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: turn) {
            let (handler, context) = bound.value
            if context.channel.isActive { handler.answer(head, context) }
        }
    }

    private func answer(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
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
            state = .passing(0)
        }
    }
}

extension HTTPRequest {
    /// Whether the client wants the connection to be closed after the answer. ``OldClientHandler`` has put it in these words.
    var endsConnection: Bool { headerFields[.connection]?.lowercased() == "close" }
}
