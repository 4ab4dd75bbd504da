import NIOCore
import NIOSSL
import NIOTLS

/// The one handler of the channel, but for TLS: writes a request, reads its response, and knows at each moment what may
/// come. (It is one because each handler costs NIO two searches for protocol conformances while the process starts.)
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// TLS is not ready; whoever waits for it is told.
        case handshaking(((any Error)?) -> Void)
        /// Nothing is owed.
        case idle
        /// A request was sent.
        case awaitingResponse(Exchange)
        /// Nothing more will come.
        case closed
    }

    private var state: State
    private var parser: HTTPResponseParser
    private var written = ByteBuffer()
    private var context: ChannelHandlerContext?
    private let authority: String

    /// - Parameter authority: The value of the Host header.
    init(authority: String, isHandshaking: Bool, maximumResponseBytes: Int) {
        state = isHandshaking ? .handshaking { _ in } : .idle
        parser = HTTPResponseParser(maximumBodyBytes: maximumResponseBytes)
        self.authority = authority
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: For the connection

    /// Whether a request may be started.
    var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Whether a request is under way.
    var isBusy: Bool { if case .awaitingResponse = state { true } else { false } }

    /// Calls `completion` when TLS is ready, or with the error that prevents it.
    func whenHandshakeEnds(_ completion: @escaping ((any Error)?) -> Void) {
        switch state {
        case .handshaking: state = .handshaking(completion)
        case .closed: completion(ChannelError.eof)
        case .idle, .awaitingResponse: completion(nil)
        }
    }

    /// Writes the request. Requires ``isIdle``.
    func start(_ exchange: Exchange) {
        guard let context, isIdle else { return exchange.fail(.closedBeforeResponse) }
        state = .awaitingResponse(exchange)
        exchange.isSent = true
        // The channel is done with the last request, so that its bytes can be written over.
        written.clear()
        let rest = exchange.request.write(to: &written, authority: authority)
        context.write(wrapOutboundOut(written), promise: nil)
        if let rest { context.write(wrapOutboundOut(rest), promise: nil) }
        // Both leave in one system call.
        context.flush()
    }

    /// Forgets `exchange`; whether it was under way here, so that the channel must be closed.
    func abandon(_ exchange: Exchange) -> Bool {
        guard case .awaitingResponse(let current) = state, current === exchange else { return false }
        state = .closed
        return true
    }

    // MARK: From the channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .awaitingResponse(let exchange):
            do throws(HTTPResponseParser.Failure) {
                guard let (response, isKeepAlive) = try parser.receive(unwrapInboundIn(data)) else { return }
                // Bytes behind the response belong to no request of ours.
                if isKeepAlive, !parser.hasBegun {
                    state = .idle
                } else {
                    state = .closed
                    context.close(promise: nil)
                }
                exchange.succeed(response)
            } catch {
                fail(error.kind, error.message, context: context)
            }
        case .idle, .handshaking:
            fail(.invalidResponse, "bytes that no request asked for", context: context)
        case .closed:
            break
        }
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
        case .awaitingResponse(let exchange): exchange.fail(kind, message)
        case .handshaking(let completion): completion(ChannelError.eof)
        case .idle, .closed: break
        }
        context.close(promise: nil)
    }

    private func closed(_ message: String) {
        let state = self.state
        self.state = .closed
        switch state {
        case .awaitingResponse(let exchange): end(exchange, message)
        case .handshaking(let completion): completion(ChannelError.eof)
        case .idle, .closed: break
        }
    }
    /// What the end of the connection means depends on how far the response has come.
    private func end(_ exchange: Exchange, _ message: String) {
        do throws(HTTPResponseParser.Failure) {
            exchange.succeed(try parser.finish())
        } catch {
            exchange.fail(error.kind, message)
        }
    }
}
