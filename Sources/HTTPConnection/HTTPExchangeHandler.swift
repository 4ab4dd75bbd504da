import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// The last handler of the channel: writes a request, gathers its response, and knows at each moment what may come.
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// TLS is not ready; whoever waits for it is told.
        case handshaking(((any Error)?) -> Void)
        /// Nothing is owed.
        case idle
        /// A request was sent.
        case awaitingHead(Exchange)
        /// The head came.
        case receivingBody(Exchange, HTTPResponseHead, ByteBuffer)
        /// Nothing more will come.
        case closed
    }

    private var state: State
    private var context: ChannelHandlerContext?
    private let authority: String
    private let maximumResponseBytes: Int

    /// - Parameter authority: The value of the Host header.
    init(authority: String, isHandshaking: Bool, maximumResponseBytes: Int) {
        state = isHandshaking ? .handshaking { _ in } : .idle
        self.authority = authority
        self.maximumResponseBytes = maximumResponseBytes
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: For the connection

    /// Whether a request may be started.
    var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Calls `completion` when TLS is ready, or with the error that prevents it.
    func whenHandshakeEnds(_ completion: @escaping ((any Error)?) -> Void) {
        switch state {
        case .handshaking: state = .handshaking(completion)
        case .closed: completion(ChannelError.eof)
        case .idle, .awaitingHead, .receivingBody: completion(nil)
        }
    }

    /// Writes the request. Requires ``isIdle``.
    func start(_ exchange: Exchange) {
        guard let context, isIdle else { return exchange.fail(.closedBeforeResponse) }
        state = .awaitingHead(exchange)
        exchange.isSent = true
        let request = exchange.request
        var headers = request.headers
        headers.add(name: "Host", value: authority)
        if let body = request.body { headers.add(name: "Content-Length", value: String(body.readableBytes)) }
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body, body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        // The parts leave in one system call: they are gathered until the flush.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Forgets `exchange`; whether it was under way here, so that the channel must be closed.
    func abandon(_ exchange: Exchange) -> Bool {
        switch state {
        case .awaitingHead(let current), .receivingBody(let current, _, _):
            guard current === exchange else { return false }
            state = .closed
            return true
        case .handshaking, .idle, .closed:
            return false
        }
    }

    // MARK: From the channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context: context)
        case .body(let part): receive(part, context: context)
        case .end: receiveEnd(context: context)
        }
    }

    private func receive(_ head: HTTPResponseHead, context: ChannelHandlerContext) {
        guard case .awaitingHead(let exchange) = state else { return receivedUnasked(context: context) }
        var body = ByteBuffer()
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
            guard length <= maximumResponseBytes else { return fail(.responseTooLarge, context: context) }
            // A part that holds the whole body is kept as it is; only a longer body needs room of its own.
            if length > 1 << 15 { body.reserveCapacity(length) }
        }
        state = .receivingBody(exchange, head, body)
    }

    private func receive(_ part: ByteBuffer, context: ChannelHandlerContext) {
        guard case .receivingBody(let exchange, let head, var body) = state else {
            return receivedUnasked(context: context)
        }
        guard body.readableBytes + part.readableBytes <= maximumResponseBytes else {
            return fail(.responseTooLarge, context: context)
        }
        // The state must not share the buffer while it grows, or it would be copied.
        state = .awaitingHead(exchange)
        if body.capacity == 0 { body = part } else { body.writeImmutableBuffer(part) }
        state = .receivingBody(exchange, head, body)
    }

    private func receiveEnd(context: ChannelHandlerContext) {
        guard case .receivingBody(let exchange, let head, let body) = state else {
            return receivedUnasked(context: context)
        }
        if head.isKeepAlive {
            state = .idle
        } else {
            state = .closed
            context.close(promise: nil)
        }
        exchange.succeed(HTTPResponse(status: head.status, headers: head.headers, body: body))
    }

    private func receivedUnasked(context: ChannelHandlerContext) {
        if case .closed = state { return }
        fail(.invalidResponse, "bytes that no request asked for", context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, case .handshaking(let completion) = state {
            state = .idle
            completion(nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState:
            fail(.closedInResponse, context: context)
        case let error as HTTPParserError:
            fail(.invalidResponse, "\(error)", context: context)
        case NIOSSLError.uncleanShutdown:
            // What it means depends on how far the response came; the channel becomes inactive next.
            break
        case let error as NIOSSLError:
            fail(.tls, error, context: context)
        case let error as NIOSSLExtraError:
            fail(.tls, error, context: context)
        default:
            closed("\(error)")
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        closed("")
        context.fireChannelInactive()
    }

    // MARK: Ends

    private func fail(_ kind: HTTPConnectionError.Kind, _ error: any Error, context: ChannelHandlerContext) {
        if case .handshaking(let completion) = state {
            state = .closed
            completion(error)
        }
        fail(kind, "\(error)", context: context)
    }

    private func fail(_ kind: HTTPConnectionError.Kind, _ message: String = "", context: ChannelHandlerContext) {
        let state = self.state
        self.state = .closed
        switch state {
        case .awaitingHead(let exchange), .receivingBody(let exchange, _, _): exchange.fail(kind, message)
        case .handshaking(let completion): completion(ChannelError.eof)
        case .idle, .closed: break
        }
        context.close(promise: nil)
    }

    private func closed(_ message: String) {
        let state = self.state
        self.state = .closed
        switch state {
        case .awaitingHead(let exchange): exchange.fail(.closedBeforeResponse, message)
        case .receivingBody(let exchange, _, _): exchange.fail(.closedInResponse, message)
        case .handshaking(let completion): completion(ChannelError.eof)
        case .idle, .closed: break
        }
    }
}
