import HummingbirdCore
import LoadShedding
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

/// An echo server with a connection limit.
@Suite
struct ConnectionLimitTests {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private struct Echo: ServerChildChannel {
        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
            channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
        }

        func handle(value: Connection, logger: Logger) async {
            // A client that disconnects does not matter here.
            try? await value.executeThenClose { inbound, outbound in
                for try await part in inbound { try await outbound.write(part) }
            }
        }
    }

    /// Runs a server that serves `maximum` connections, and calls `body` with its address.
    static func withServer(_ maximum: Int, _ body: (SocketAddress) async throws -> Void) async throws {
        let limit = ConnectionLimit(maximum, refusal: ByteBuffer(string: "too many"))
        let (running, continuation) = AsyncStream.makeStream(of: SocketAddress?.self)
        let server = limit.limiting(Echo()).server(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress) },
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let address = await running.first { _ in true } ?? nil
            try await body(#require(address))
            group.cancelAll()
        }
    }

    /// Connects, sends "hello", calls `then` with the first response, and closes the connection.
    static func withConnection(
        to address: SocketAddress,
        _ then: @Sendable (String?) async throws -> Void
    ) async throws {
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
        try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "hello"))
            var responses = inbound.makeAsyncIterator()
            let response = try await responses.next()
            try await then(response.map { String(buffer: $0) })
        }
    }

    @Test
    func `a connection beyond the limit is rejected, and the others are served`() async throws {
        try await Self.withServer(2) { address in
            try await Self.withConnection(to: address) { first in
                #expect(first == "hello")
                try await Self.withConnection(to: address) { second in
                    #expect(second == "hello")
                    try await Self.withConnection(to: address) { third in #expect(third == "too many") }
                }
            }
        }
    }

    /// Counts the connections that it should serve, and does nothing for them.
    private final class Recorder: ServerChildChannel {
        struct Value: ServerChildChannelValue { let channel: any Channel }

        let served = Mutex(0)

        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
            served.withLock { $0 += 1 }
            return channel.eventLoop.makeSucceededFuture(Value(channel: channel))
        }

        func handle(value: Value, logger: Logger) async {}
    }

    @Test
    func `connections that are being rejected do not count against the limit`() throws {
        func open(on server: some ServerChildChannel) throws -> EmbeddedChannel {
            let channel = EmbeddedChannel()
            _ = try server.setup(channel: channel, logger: Self.logger).wait()
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            return channel
        }
        let recorder = Recorder()
        let server = ConnectionLimit(2, refusal: ByteBuffer(string: "too many")).limiting(recorder)
        let served = try [open(on: server), open(on: server)]
        for _ in 0..<100 { #expect(try open(on: server).isActive) }
        #expect(recorder.served.withLock { $0 } == 2)
        for channel in served {
            try channel.close().wait()
            channel.embeddedEventLoop.run()
        }
        _ = try [open(on: server), open(on: server), open(on: server)]
        #expect(recorder.served.withLock { $0 } == 4)
    }

    @Test
    func `connections are rejected at a third of the rate of requests`() {
        let limit = ConnectionLimit(1, refusal: ByteBuffer())
        let now = NIODeadline.now()
        while limit.turnOfRefusal(now) == now {}
        let turns = [limit.turnOfRefusal(now), limit.turnOfRefusal(now)]
        #expect(turns[1] - turns[0] == RefusalPace().interval * 3)
    }

    @Test
    func `a closed connection no longer counts against the limit`() async throws {
        try await Self.withServer(1) { address in
            for _ in 0..<20 {
                // The server may see the end of one connection after the start of the next.
                var isServed = false
                while !isServed {
                    let responses = AsyncStream.makeStream(of: String?.self)
                    try await Self.withConnection(to: address) { responses.continuation.yield($0) }
                    for await response in responses.stream.prefix(1) { isServed = response == "hello" }
                }
            }
        }
    }

    @Test(arguments: [(256, 32), (1_024, 128), (8_192, 1_000), (1_048_576, 1_000), (1, 1)])
    func `all connections that two servers accept leave half of the open files`(files: Int, maximum: Int) {
        #expect(ConnectionLimit.maximum(openFiles: files) == maximum)
        let limit = ConnectionLimit(maximum, refusal: ByteBuffer())
        #expect(files < 8 || 2 * limit.maximumAccepted <= files / 2)
    }
}
