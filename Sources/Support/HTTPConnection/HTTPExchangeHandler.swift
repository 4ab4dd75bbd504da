import HTTPMessage
import NIOCore
import NIOSSL
import NIOTLS

/// The channel's only handler besides TLS: writes a request and parses its response.
///
/// It is a single handler because NIO looks up two protocol conformances for each one, which delays a cold start.
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Calls the completion when the TLS handshake ends.
        case handshaking(((any Error)?) -> Void)
        case idle
        case awaitingResponse(Exchange)
        case closed
    }

    private var state: State
    private var parser: HTTPResponseParser
    private var written = ByteBuffer()
    private var context: ChannelHandlerContext?
    private let authority: String

    /// - Parameter authority: The value of the `Host` field.
    init(authority: String, isHandshaking: Bool, maximumResponseBytes: Int) {
        state = isHandshaking ? .handshaking { _ in } : .idle
        parser = HTTPResponseParser(maximumBodyBytes: maximumResponseBytes)
        self.authority = authority
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Called by the connection

    var isIdle: Bool { if case .idle = state { true } else { false } }

    var isBusy: Bool { if case .awaitingResponse = state { true } else { false } }

    /// Calls `completion` when the TLS handshake ends, with its error if it failed.
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
        // The previous request has been written, so its buffer can be reused.
        written.clear()
        let (head, longBody) = exchange.request.encoded(authority: authority)
        written.writeBytes(head)
        context.write(wrapOutboundOut(written), promise: nil)
        if let longBody { context.write(wrapOutboundOut(ByteBuffer(bytes: longBody)), promise: nil) }
        // One flush writes both with one system call.
        context.flush()
    }

    /// Drops `exchange`. Returns whether it was in progress, in which case the channel must be closed.
    func abandon(_ exchange: Exchange) -> Bool {
        guard case .awaitingResponse(let current) = state, current === exchange else { return false }
        state = .closed
        return true
    }

    // MARK: Called by the channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .awaitingResponse(let exchange):
            do throws(HTTPResponseParser.Failure) {
                guard let (response, isKeepAlive) = try parser.receive(unwrapInboundIn(data)) else { return }
                // Bytes after the response do not belong to any request.
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
            fail(.invalidResponse, "the peer sent data without a request", context: context)
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
            // The channel becomes inactive next, which is an error only if the response is incomplete.
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

    // MARK: Failures

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

    /// A response without a length is complete when the connection ends; any other is cut off.
    private func end(_ exchange: Exchange, _ message: String) {
        do throws(HTTPResponseParser.Failure) {
            exchange.succeed(try parser.finish())
        } catch {
            exchange.fail(error.kind, message)
        }
    }
}
