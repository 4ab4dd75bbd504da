import HTTPTypes
import LocalAPIGateway
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

/// A connection, from the bytes of a request to what the server above the HTTP codec receives.
@Suite
struct HTTP10HandlerTests {
    private let channel = EmbeddedChannel()

    init() throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(HTTP10Handler())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// The `Connection` header with which a request reaches the server.
    private func connection(_ version: String, _ fields: String) throws -> String? {
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/\(version)\r\nHost: localhost\r\n\(fields)\r\n"))
        guard case .head(let head) = try channel.readInbound(as: HTTPRequestPart.self) else { return "no request" }
        return head.headerFields[.connection]
    }

    @Test(arguments: [
        ("1.0", ""), ("1.0", "Connection: close\r\n"), ("1.1", "Connection: close\r\n"),
        ("1.1", "Connection: TE, Close\r\n"),
    ])
    func `a request that ends its connection has Connection close`(version: String, fields: String) throws {
        #expect(try connection(version, fields) == "close")
    }

    @Test(arguments: [("1.1", "", nil), ("1.0", "Connection: keep-alive\r\n", "keep-alive")])
    func `other requests are unchanged`(version: String, fields: String, connection: String?) throws {
        #expect(try self.connection(version, fields) == connection)
    }
}
