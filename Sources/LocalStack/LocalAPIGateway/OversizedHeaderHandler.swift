import HTTPTypes
import LoadShedding
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// Responds with 431 instead of 400 to a request whose headers exceed the parser's limits.
package final class OversizedHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias OutboundOut = HTTPResponsePart

    private var hasResponded = false

    package init() {}

    /// Responds and closes the connection if the headers are too large; passes every other error on.
    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasResponded else { return }
        guard let error = error as? HTTPParserError, error == .headerOverflow else {
            return context.fireErrorCaught(error)
        }
        hasResponded = true
        let head = HTTPResponse(
            status: .requestHeaderFieldsTooLarge,
            headerFields: [.connection: "close", .contentLength: "0"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.closeLingering()
    }
}
