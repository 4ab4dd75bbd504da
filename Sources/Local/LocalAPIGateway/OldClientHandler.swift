import HTTPTypes
public import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Closes the connection after the reply to an HTTP/1.0 request that does not ask to keep it, as its client expects
/// (RFC 9112, section 9.3). `ab`, for one, waits for that. The types above HTTP/1 know nothing of versions, so that the
/// handler works below them, where it puts itself, and has such a request say `Connection: close`, as others do.
public final class OldClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// What it passes on.
    public typealias InboundIn = NIOAny

    /// A handler for one connection.
    public init() {}

    /// Installs what does the work below the translation to newer types.
    public func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
        try? pipeline.addHandler(CloseAfterReply(), position: .before(codec))
    }
}

/// Watches the versions of requests and the ends of replies.
private final class CloseAfterReply: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var mustClose = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !head.isKeepAlive else {
            return context.fireChannelRead(data)
        }
        if head.version != .http1_1 { mustClose = true }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard mustClose, case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.writeAndFlush(data, promise: promise)
        context.close(mode: .output, promise: nil)
    }
}
