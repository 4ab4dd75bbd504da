import HTTPTypes
package import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Adds `Connection: close` to each request after which its connection must end, HTTP/1.0 requests without
/// `keep-alive` among them (RFC 9112, section 9.3), so that the server closes it after the response. `ab`, for one, waits
/// for that.
///
/// The types of HTTPTypes do not carry the HTTP version. So this handler, when it is added, inserts the one that does the
/// work below the codec to those types.
package final class HTTP10Handler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = NIOAny

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
        try? pipeline.addHandler(ConnectionOption(), position: .before(codec))
    }

    private final class ConnectionOption: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias InboundOut = HTTPServerRequestPart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(var head) = unwrapInboundIn(data), !head.isKeepAlive else {
                return context.fireChannelRead(data)
            }
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.fireChannelRead(wrapInboundOut(.head(head)))
        }
    }
}
