import HTTPTypes
import LocalAPIGateway
import LocalLambda
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

/// Counts what the server above is told of its connection.
private final class Events: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart

    private(set) var count = 0

    static func added(to channel: EmbeddedChannel) throws -> Events {
        let events = Events()
        try channel.pipeline.syncOperations.addHandler(events)
        return events
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { count += 1 }
}

/// The places that requests have taken.
private final class Taken {
    var count = 0

    var place: Place {
        Place(
            enter: { [self] in
                count += 1
                return true
            },
            exit: { [self] in count -= 1 }
        )
    }
}

/// One connection whose requests for `/full` are refused after a pause; others take a place.
@Suite
struct EarlyRefusalTests {
    private static let pause = TimeAmount.milliseconds(100)
    private static let body = ByteBuffer(string: #"{"message":"Service Unavailable"}"#)
    private let channel = EmbeddedChannel()
    private let taken = Taken()

    init() throws {
        let (loop, taken) = (channel.embeddedEventLoop, taken)
        let handler = EarlyRefusalHandler(
            admission: { $0.path == "/full" ? .refused(loop.now + Self.pause) : .admitted(taken.place) },
            fields: { origin in origin.map { [.accessControlAllowOrigin: $0] } ?? [:] }
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Lets a request come in.
    private func send(_ path: String, method: HTTPRequest.Method = .get, body: String = "", fields: HTTPFields = [:])
        throws
    {
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields)
        try channel.writeInbound(HTTPRequestPart.head(head))
        if !body.isEmpty { try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: body))) }
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// The server's reply.
    private func reply(_ status: HTTPResponse.Status) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The paths of the requests that have reached the server since this was last asked.
    private func passedOn() throws -> [String?] {
        var paths: [String?] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            if case .head(let head) = part { paths.append(head.path) }
        }
        return paths
    }

    private func sent() throws -> [HTTPResponsePart] {
        var parts: [HTTPResponsePart] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) { parts.append(part) }
        return parts
    }

    private func refusal(_ fields: HTTPFields = [:]) -> HTTPResponsePart {
        .head(HTTPResponse(status: .serviceUnavailable, headerFields: fields))
    }

    private func letTheTurnCome() { channel.embeddedEventLoop.advanceTime(by: Self.pause) }

    @Test
    func `requests and replies pass as long as there is room`() throws {
        for _ in 0..<3 {
            try send("/room", body: "text")
            #expect(try passedOn() == ["/room"])
            try reply(.ok)
            #expect(try sent() == [.head(HTTPResponse(status: .ok)), .end(nil)])
        }
    }

    @Test
    func `a request too many reaches nobody and is refused when its turn has come`() throws {
        try send("/full", body: "text", fields: [.origin: "https://haiku.example"])
        #expect(try passedOn() == [])
        #expect(try sent() == [])
        letTheTurnCome()
        #expect(
            try sent() == [
                refusal([.accessControlAllowOrigin: "https://haiku.example"]), .body(Self.body), .end(nil),
            ]
        )
        #expect(channel.isActive)
    }

    @Test
    func `a request for the head only is refused without a body`() throws {
        try send("/full", method: .head)
        letTheTurnCome()
        #expect(try sent() == [refusal(), .end(nil)])
    }

    @Test
    func `after a refusal the connection is as before`() throws {
        for _ in 0..<3 {
            try send("/full")
            letTheTurnCome()
            #expect(try sent().count == 3)
            try send("/room")
            #expect(try passedOn() == ["/room"])
            try reply(.ok)
            #expect(try sent().count == 2)
        }
    }

    @Test
    func `behind a request that is under way none is refused, since replies are in the order of requests`() throws {
        try send("/room")
        try send("/full")
        #expect(try passedOn() == ["/room", "/full"])
        try reply(.ok)
        try send("/full")
        #expect(try passedOn() == ["/full"])
        try reply(.ok)
        try reply(.ok)
        #expect(try sent().count == 6)
        try send("/full")
        #expect(try passedOn() == [])
    }

    @Test
    func `an informational reply does not end a request`() throws {
        try send("/room")
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        try send("/full")
        #expect(try passedOn() == ["/room", "/full"])
    }

    @Test
    func `a request that comes before the refusal of the last ends the connection with it, and reaches nobody`() throws
    {
        try send("/full")
        try send("/room")
        #expect(try passedOn() == [])
        letTheTurnCome()
        #expect(try sent() == [refusal([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a client that wants the connection closed has it closed behind the refusal`() throws {
        try send("/full", fields: [.connection: "Close"])
        letTheTurnCome()
        #expect(try sent().first == refusal([.connection: "close"]))
        #expect(!channel.isActive)
    }

    @Test
    func `a client that sends nothing more after its request gets its refusal`() throws {
        let events = try Events.added(to: channel)
        try send("/full")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(events.count == 0)
        letTheTurnCome()
        #expect(try sent().first == refusal([.connection: "close"]))
        #expect(!channel.isActive)
    }

    @Test
    func `a body that is too large anyway is not read to its end`() throws {
        let size = "\(LocalAPIGateway.bodySize + 1)"
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "localhost", path: "/full", headerFields: [.contentLength: size]
        )
        try channel.writeInbound(HTTPRequestPart.head(head))
        letTheTurnCome()
        #expect(try sent() == [refusal([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a body without end is not read for ever`() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/full")
        try channel.writeInbound(HTTPRequestPart.head(head))
        let part = ByteBuffer(repeating: 0, count: 1 << 20)
        for _ in 0..<(LocalAPIGateway.bodySize >> 20) { try channel.writeInbound(HTTPRequestPart.body(part)) }
        letTheTurnCome()
        #expect(try sent() == [])
        try channel.writeInbound(HTTPRequestPart.body(part))
        letTheTurnCome()
        #expect(try sent() == [refusal([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a request has a place from its end to the beginning of the reply`() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/room")
        try channel.writeInbound(HTTPRequestPart.head(head))
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "text")))
        #expect(taken.count == 0)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(taken.count == 1)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        #expect(taken.count == 1)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        #expect(taken.count == 0)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(taken.count == 0)
        try send("/room")
        #expect(taken.count == 1)
    }

    @Test
    func `a request whose reply would wait for the client to read takes no place`() throws {
        channel.isWritable = false
        try send("/room")
        #expect(try passedOn() == ["/room"])
        #expect(taken.count == 0)
    }

    @Test
    func `a request that comes behind the end of its connection takes no place`() throws {
        try channel.close().wait()
        try send("/room")
        #expect(taken.count == 0)
    }

    @Test
    func `a request that is answered before its end takes no place`() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/room")
        try channel.writeInbound(HTTPRequestPart.head(head))
        try reply(.contentTooLarge)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(taken.count == 0)
    }

    @Test
    func `a connection has one place, however many requests it sends at once, and gives it back when it ends`() throws {
        for _ in 0..<3 { try send("/room") }
        #expect(taken.count == 1)
        try reply(.ok)
        #expect(taken.count == 0)
        try reply(.ok)
        try reply(.ok)
        try send("/room")
        #expect(taken.count == 1)
        try channel.close().wait()
        #expect(taken.count == 0)
    }

    @Test
    func `nothing is written to a connection that has gone`() throws {
        try send("/full")
        try channel.close().wait()
        letTheTurnCome()
        #expect(try sent() == [])
    }
}
