public import NIOCore
public import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Refuses requests that the parser reads, but that something on the way may have read as another request or for another
/// host.
///
/// - More than one `Host` (RFC 9112, section 3.2).
/// - `Transfer-Encoding` in HTTP/1.0: who is of that age does not know where such a request ends, and takes a part of its
///   body for the next one (section 6.1).
public final class AmbiguousRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// What it reads.
    public typealias InboundIn = HTTPServerRequestPart
    /// What it passes on.
    public typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    /// A handler for one connection, right behind the parser.
    public init() {}

    /// Passes the parts of requests on until there is such a one, which is reported as the parser's own error.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        if case .head(let head) = unwrapInboundIn(data), let error = Self.error(in: head) {
            hasRefused = true
            return context.fireErrorCaught(error)
        }
        context.fireChannelRead(data)
    }

    private static func error(in head: HTTPRequestHead) -> HTTPParserError? {
        guard head.headers["host"].count <= 1 else { return .invalidHeaderToken }
        guard head.version == .http1_1 || !head.headers.contains(name: "transfer-encoding") else { return .invalidVersion }
        return nil
    }

    /// A handler that puts an ``AmbiguousRequestHandler`` where it belongs when it is itself added above the translation
    /// to the newer types, which know nothing of versions.
    public static func belowTranslation() -> any ChannelInboundHandler & RemovableChannelHandler { Installer() }

    private final class Installer: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
            try? pipeline.addHandler(AmbiguousRequestHandler(), position: .before(codec))
        }
    }
}
