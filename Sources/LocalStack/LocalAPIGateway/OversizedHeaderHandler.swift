import HTTPTypes
import LoadShedding
public import NIOCore
import NIOHTTP1
public import NIOHTTPTypes

/// Answers a request whose headers do not even fit into the parser's limits with 431 instead of 400.
public final class OversizedHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// What it reads.
    public typealias InboundIn = HTTPRequestPart
    /// What it writes.
    public typealias OutboundOut = HTTPResponsePart

    private var hasAnswered = false

    /// A handler for one connection.
    public init() {}

    /// Answers and ends the connection if the error is that the headers are too large; else passes the error on.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasAnswered else { return }
        guard let error = error as? HTTPParserError, error == .headerOverflow else {
            return context.fireErrorCaught(error)
        }
        hasAnswered = true
        let head = HTTPResponse(
            status: .requestHeaderFieldsTooLarge,
            headerFields: [.connection: "close", .contentLength: "0"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.closeLingering()
    }
}
