import HTTPTypes
import LocalHTTP
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

/// A connection with a timeout of 30 seconds and a simulated clock.
@Suite
struct SlowClientHandlerTests {
    private let channel: EmbeddedChannel
    private let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: nil, authority: "localhost", path: "/"))

    init() throws {
        channel = EmbeddedChannel(handler: SlowClientHandler(timeout: .seconds(30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func advance(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }
    private func receive(_ part: HTTPRequestPart) throws { try channel.writeInbound(part) }
    private func respond() throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }
    private func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test
    func `a body that is not complete in time closes the connection, however steadily it arrives`() throws {
        try receive(head)
        for _ in 0..<29 {
            advance(1)
            try receive(.body(ByteBuffer(string: "x")))
        }
        #expect(channel.isActive)
        advance(1)
        #expect(!channel.isActive)
    }

    @Test
    func `the timeout applies to each request separately`() throws {
        for _ in 0..<5 {
            try receive(head)
            advance(20)
            try receive(.end(nil))
            try respond()
        }
        #expect(channel.isActive)
    }

    @Test
    func `neither the server's time nor the time between requests counts`() throws {
        try receive(head)
        try receive(.end(nil))
        advance(3_600)
        try respond()
        advance(3_600)
        #expect(channel.isActive)
    }

    @Test
    func `a body does not time out while an earlier request is being handled`() throws {
        try receive(head)
        try receive(.end(nil))
        try receive(head)
        advance(50)
        #expect(channel.isActive)
        try respond()
        advance(30)
        #expect(!channel.isActive)
    }

    @Test
    func `a body times out after its response too`() throws {
        try receive(head)
        try respond()
        advance(30)
        #expect(!channel.isActive)
    }

    @Test
    func `a response that is not read in time closes the connection`() throws {
        setWritable(false)
        advance(29)
        #expect(channel.isActive)
        advance(1)
        #expect(!channel.isActive)
    }

    @Test
    func `a response that is read in pieces does not time out`() throws {
        for _ in 0..<5 {
            setWritable(false)
            advance(20)
            setWritable(true)
            advance(20)
        }
        #expect(channel.isActive)
    }
}
