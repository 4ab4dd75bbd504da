import HTTPTypes
public import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Has each request with which its connection is to end say so in the same words, `Connection: close`, upon which the
/// server closes it behind the reply: an HTTP/1.0 request that does not ask to keep it, too (RFC 9112, section 9.3). `ab`,
/// for one, waits for that. The types above HTTP/1 know nothing of versions, so that the handler works below them, where
/// it puts itself.
public final class OldClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// What it passes on.
    public typealias InboundIn = NIOAny

    /// A handler for one connection.
    public init() {}

    /// Installs what does the work below the translation to newer types.
    public func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
        try? pipeline.addHandler(ConnectionOption(), position: .before(codec))
    }
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
