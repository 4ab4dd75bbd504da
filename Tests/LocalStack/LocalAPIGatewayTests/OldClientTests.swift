import HTTPTypes
import LocalAPIGateway
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

/// One connection, from its bytes to what the server above gets of a request.
@Suite
struct OldClientTests {
    private let channel = EmbeddedChannel()

    init() throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(OldClientHandler())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// What the request says of its connection when it has arrived.
    private func connection(_ version: String, _ fields: String) throws -> String? {
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/\(version)\r\nHost: localhost\r\n\(fields)\r\n"))
        guard case .head(let head) = try channel.readInbound(as: HTTPRequestPart.self) else { return "no request" }
        return head.headerFields[.connection]
    }

    @Test(arguments: [
        ("1.0", ""), ("1.0", "Connection: close\r\n"), ("1.1", "Connection: close\r\n"),
        ("1.1", "Connection: TE, Close\r\n"),
    ])
    func `a request that ends its connection says so in one way`(version: String, fields: String) throws {
        #expect(try connection(version, fields) == "close")
    }

    @Test(arguments: [("1.1", "", nil), ("1.0", "Connection: keep-alive\r\n", "keep-alive")])
    func `others say what they said`(version: String, fields: String, connection: String?) throws {
        #expect(try self.connection(version, fields) == connection)
    }
}
