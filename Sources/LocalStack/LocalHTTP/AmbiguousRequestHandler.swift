package import NIOCore
package import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Rejects requests that the parser accepts, but that an intermediary may have parsed as another request or routed to
/// another host.
///
/// - More than one `Host` (RFC 9112, section 3.2).
/// - `Transfer-Encoding` in HTTP/1.0: an intermediary of that version does not know where such a request ends, and parses
///   a part of its body as the next one (section 6.1).
package final class AmbiguousRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart

    private var hasRejected = false

    package init() {}

    /// Reports an ambiguous request as an error of the parser, and drops everything after it.
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRejected else { return }
        if case .head(let head) = unwrapInboundIn(data), let error = Self.error(in: head) {
            hasRejected = true
            return context.fireErrorCaught(error)
        }
        context.fireChannelRead(data)
    }

    private static func error(in head: HTTPRequestHead) -> HTTPParserError? {
        guard head.headers["host"].count <= 1 else { return .invalidHeaderToken }
        guard head.version == .http1_1 || !head.headers.contains(name: "transfer-encoding") else {
            return .invalidVersion
        }
        return nil
    }

    /// A handler that, when it is added, inserts an ``AmbiguousRequestHandler`` below the codec to the types of HTTPTypes,
    /// which do not carry the HTTP version.
    package static func belowCodec() -> any ChannelInboundHandler & RemovableChannelHandler { Installer() }

    private final class Installer: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
            try? pipeline.addHandler(AmbiguousRequestHandler(), position: .before(codec))
        }
    }
}
