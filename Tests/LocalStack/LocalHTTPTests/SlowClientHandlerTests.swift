import HTTPTypes
import LocalHTTP
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

/// Connections on which a client may take 30 seconds; the clock is the tests'.
@Suite
struct SlowClientHandlerTests {
    private let channel: EmbeddedChannel
    private let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: nil, authority: "localhost", path: "/"))

    init() throws {
        channel = EmbeddedChannel(handler: SlowClientHandler(patience: .seconds(30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }
    private func receive(_ part: HTTPRequestPart) throws { try channel.writeInbound(part) }
    private func reply() throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }
    private func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test
    func `a body that does not end in time ends the connection, however steadily it comes`() throws {
        try receive(head)
        for _ in 0..<29 {
            pass(1)
            try receive(.body(ByteBuffer(string: "x")))
        }
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test
    func `each request has the time of its own`() throws {
        for _ in 0..<5 {
            try receive(head)
            pass(20)
            try receive(.end(nil))
            try reply()
        }
        #expect(channel.isActive)
    }

    @Test
    func `what the server takes to reply and what the client takes for its next request are not counted`() throws {
        try receive(head)
        try receive(.end(nil))
        pass(3_600)
        try reply()
        pass(3_600)
        #expect(channel.isActive)
    }

    @Test
    func `a body is not late while an earlier request is worked on`() throws {
        try receive(head)
        try receive(.end(nil))
        try receive(head)
        pass(50)
        #expect(channel.isActive)
        try reply()
        pass(30)
        #expect(!channel.isActive)
    }

    @Test
    func `a body that nobody waits for must end too`() throws {
        try receive(head)
        try reply()
        pass(30)
        #expect(!channel.isActive)
    }

    @Test
    func `a reply that is not taken in time ends the connection`() throws {
        setWritable(false)
        pass(29)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test
    func `a reply that is taken bit by bit goes on`() throws {
        for _ in 0..<5 {
            setWritable(false)
            pass(20)
            setWritable(true)
            pass(20)
        }
        #expect(channel.isActive)
    }
}
