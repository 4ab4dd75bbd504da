import HTTPTypes
import LocalAPIGateway
import LocalLambda
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

/// Counts the events that reach the server above.
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

/// A connection whose requests for `/full` are rejected after a delay; others take a place.
@Suite
struct EarlyRefusalHandlerTests {
    private static let delay = TimeAmount.milliseconds(100)
    private static let body = ByteBuffer(string: #"{"message":"Service Unavailable"}"#)
    private let channel = EmbeddedChannel()
    private let taken = Taken()

    init() throws {
        let (loop, taken) = (channel.embeddedEventLoop, taken)
        let handler = EarlyRefusalHandler(
            admission: { $0.path == "/full" ? .refused(loop.now + Self.delay) : .admitted(taken.place) },
            fields: { origin in origin.map { [.accessControlAllowOrigin: $0] } ?? [:] }
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Receives a request from the client.
    private func send(_ path: String, method: HTTPRequest.Method = .get, body: String = "", fields: HTTPFields = [:])
        throws
    {
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields)
        try channel.writeInbound(HTTPRequestPart.head(head))
        if !body.isEmpty { try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: body))) }
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// Sends the server's response.
    private func respond(_ status: HTTPResponse.Status) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The paths of the requests that have reached the server since the last call.
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

    private func rejection(_ fields: HTTPFields = [:]) -> HTTPResponsePart {
        .head(HTTPResponse(status: .serviceUnavailable, headerFields: fields))
    }

    private func waitForRejection() { channel.embeddedEventLoop.advanceTime(by: Self.delay) }

    @Test
    func `requests and responses are passed on while there is capacity`() throws {
        for _ in 0..<3 {
            try send("/room", body: "text")
            #expect(try passedOn() == ["/room"])
            try respond(.ok)
            #expect(try sent() == [.head(HTTPResponse(status: .ok)), .end(nil)])
        }
    }

    @Test
    func `an excess request is not passed on and is rejected at its scheduled time`() throws {
        try send("/full", body: "text", fields: [.origin: "https://haiku.example"])
        #expect(try passedOn() == [])
        #expect(try sent() == [])
        waitForRejection()
        #expect(
            try sent() == [
                rejection([.accessControlAllowOrigin: "https://haiku.example"]), .body(Self.body), .end(nil),
            ]
        )
        #expect(channel.isActive)
    }

    @Test
    func `the rejection of a HEAD request has no body`() throws {
        try send("/full", method: .head)
        waitForRejection()
        #expect(try sent() == [rejection(), .end(nil)])
    }

    @Test
    func `after a rejection the connection works as before`() throws {
        for _ in 0..<3 {
            try send("/full")
            waitForRejection()
            #expect(try sent().count == 3)
            try send("/room")
            #expect(try passedOn() == ["/room"])
            try respond(.ok)
            #expect(try sent().count == 2)
        }
    }

    @Test
    func `no request is rejected while an earlier one is in progress, since responses are in order`() throws {
        try send("/room")
        try send("/full")
        #expect(try passedOn() == ["/room", "/full"])
        try respond(.ok)
        try send("/full")
        #expect(try passedOn() == ["/full"])
        try respond(.ok)
        try respond(.ok)
        #expect(try sent().count == 6)
        try send("/full")
        #expect(try passedOn() == [])
    }

    @Test
    func `an informational response does not complete a request`() throws {
        try send("/room")
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        try send("/full")
        #expect(try passedOn() == ["/room", "/full"])
    }

    @Test
    func `a request that arrives before the previous rejection is dropped, and the connection closes`() throws {
        try send("/full")
        try send("/room")
        #expect(try passedOn() == [])
        waitForRejection()
        #expect(try sent() == [rejection([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a connection closes after the rejection if the client requested it`() throws {
        try send("/full", fields: [.connection: "Close"])
        waitForRejection()
        #expect(try sent().first == rejection([.connection: "close"]))
        #expect(!channel.isActive)
    }

    @Test
    func `a client that closes its side after the request gets the rejection`() throws {
        let events = try Events.added(to: channel)
        try send("/full")
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(events.count == 0)
        waitForRejection()
        #expect(try sent().first == rejection([.connection: "close"]))
        #expect(!channel.isActive)
    }

    @Test
    func `a body that is announced as too large is not read`() throws {
        let size = "\(LocalAPIGateway.maximumBodySize + 1)"
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "localhost", path: "/full", headerFields: [.contentLength: size]
        )
        try channel.writeInbound(HTTPRequestPart.head(head))
        waitForRejection()
        #expect(try sent() == [rejection([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a body is read only up to the limit`() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/full")
        try channel.writeInbound(HTTPRequestPart.head(head))
        let part = ByteBuffer(repeating: 0, count: 1 << 20)
        for _ in 0..<(LocalAPIGateway.maximumBodySize >> 20) { try channel.writeInbound(HTTPRequestPart.body(part)) }
        waitForRejection()
        #expect(try sent() == [])
        try channel.writeInbound(HTTPRequestPart.body(part))
        waitForRejection()
        #expect(try sent() == [rejection([.connection: "close"]), .body(Self.body), .end(nil)])
        #expect(!channel.isActive)
    }

    @Test
    func `a request has a place from its end to the start of its response`() throws {
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
    func `a request whose response would wait for the client to read takes no place`() throws {
        channel.isWritable = false
        try send("/room")
        #expect(try passedOn() == ["/room"])
        #expect(taken.count == 0)
    }

    @Test
    func `a request on a connection that has ended takes no place`() throws {
        try channel.close().wait()
        try send("/room")
        #expect(taken.count == 0)
    }

    @Test
    func `a request whose response precedes its end takes no place`() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/room")
        try channel.writeInbound(HTTPRequestPart.head(head))
        try respond(.contentTooLarge)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(taken.count == 0)
    }

    @Test
    func `a connection takes one place, however many requests it pipelines, and releases it when it ends`() throws {
        for _ in 0..<3 { try send("/room") }
        #expect(taken.count == 1)
        try respond(.ok)
        #expect(taken.count == 0)
        try respond(.ok)
        try respond(.ok)
        try send("/room")
        #expect(taken.count == 1)
        try channel.close().wait()
        #expect(taken.count == 0)
    }

    @Test
    func `nothing is written to a closed connection`() throws {
        try send("/full")
        try channel.close().wait()
        waitForRejection()
        #expect(try sent() == [])
    }
}
