import LocalHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@Suite
struct AmbiguousRequestHandlerTests {
    private let channel = EmbeddedChannel(handler: AmbiguousRequestHandler())

    private static func head(_ version: HTTPVersion, _ headers: HTTPHeaders) -> HTTPServerRequestPart {
        .head(HTTPRequestHead(version: version, method: .POST, uri: "/", headers: headers))
    }

    static let unambiguous: [(HTTPVersion, HTTPHeaders)] = [
        (.http1_1, ["Host": "localhost", "Transfer-Encoding": "chunked"]), (.http1_1, ["Content-Length": "2"]),
        (.http1_0, ["Host": "localhost", "Content-Length": "2"]), (.http1_0, [:]),
    ]

    static let ambiguous: [(HTTPVersion, HTTPHeaders, HTTPParserError)] = [
        (.http1_0, ["transfer-encoding": "chunked"], .invalidVersion),
        (.http1_1, ["Host": "localhost", "host": "localhost"], .invalidHeaderToken),
    ]

    @Test(arguments: unambiguous)
    func `an unambiguous request is passed on`(version: HTTPVersion, headers: HTTPHeaders) throws {
        try channel.writeInbound(Self.head(version, headers))
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == Self.head(version, headers))
    }

    @Test(arguments: ambiguous)
    func `an ambiguous request is an error, and nothing after it is passed on`(
        version: HTTPVersion,
        headers: HTTPHeaders,
        error: HTTPParserError
    ) throws {
        #expect(throws: error) { try channel.writeInbound(Self.head(version, headers)) }
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try channel.writeInbound(Self.head(.http1_1, [:]))
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil)
    }
}
