import HTTPConnection
import HTTPMessage
import NIOCore
import NIOPosix
import ScriptedServer
import Testing

private let get = HTTPRequest(method: .get, path: "/")
private let oneRequest = [
    ScriptedServer.Step.awaitRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    .close,
]
private let failure = EndpointResolver.Outcome.failure(NameResolutionError("Temporary failure in name resolution"))

@Suite(.timeLimit(.minutes(1)))
struct EndpointResolverTests {
    private struct Fixture {
        let lookup = ScriptedLookup()
        let resolver: EndpointResolver
        let server: ScriptedServer
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

        init(_ server: ScriptedServer, patience: Duration) throws {
            self.server = server
            let lookup = lookup
            resolver = EndpointResolver(
                try HTTPEndpoint(parsing: "http://database.test:\(server.port)"),
                patience: patience
            ) { _, completion in lookup.start(completion) }
        }

        func addresses(_ texts: String...) throws -> EndpointResolver.Outcome {
            .success(try texts.map { try SocketAddress(ipAddress: $0, port: server.port) })
        }

        func connection() -> HTTPConnection { HTTPConnection(to: resolver, on: eventLoop) }

        /// Sends a request on a new connection; returns the error if it fails.
        func request(timeout: Duration = .seconds(30)) async -> HTTPConnectionError? {
            await request(on: connection(), timeout: timeout)
        }

        func request(on connection: HTTPConnection, timeout: Duration = .seconds(30)) async -> HTTPConnectionError? {
            do throws(HTTPConnectionError) {
                _ = try await connection.send(get, timeout: timeout)
                await connection.close()
                return nil
            } catch {
                return error
            }
        }
    }

    private func withFixture(
        connections: Int,
        patience: Duration = .seconds(3600),
        _ body: (Fixture) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(Array(repeating: oneRequest, count: connections)) { server in
            try await body(try Fixture(server, patience: patience))
        }
    }

    @Test
    func `connections that are opened during a lookup share it`() async throws {
        try await withFixture(connections: 2) { fixture in
            let connections = [fixture.connection(), fixture.connection()]
            for connection in connections {
                await #expect(throws: HTTPConnectionError.self) {
                    try await connection.open(waitingAtMost: .milliseconds(1))
                }
            }
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            for connection in connections { #expect(await fixture.request(on: connection) == nil) }
            #expect(fixture.lookup.started == 1)
            #expect(fixture.server.connections == 2)
        }
    }

    @Test
    func `a request after a timeout joins the lookup in progress`() async throws {
        try await withFixture(connections: 1) { fixture in
            let connection = fixture.connection()
            #expect(await fixture.request(on: connection, timeout: .milliseconds(10))?.kind == .timedOut)
            #expect(await fixture.request(on: connection, timeout: .milliseconds(10))?.kind == .timedOut)
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request(on: connection) == nil)
            #expect(fixture.lookup.started == 1)
        }
    }

    @Test
    func `the connect timeout does not include the lookup`() async throws {
        try await withFixture(connections: 1) { fixture in
            let configuration = HTTPConnection.Configuration(connectTimeout: .milliseconds(200))
            let connection = HTTPConnection(to: fixture.resolver, on: fixture.eventLoop, configuration: configuration)
            await #expect(throws: HTTPConnectionError.self) {
                try await connection.open(waitingAtMost: .milliseconds(250))
            }
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request(on: connection) == nil)
            #expect(fixture.lookup.started == 1)
        }
    }

    @Test
    func `without earlier addresses a failed lookup fails the request with its message`() async throws {
        try await withFixture(connections: 0) { fixture in
            fixture.lookup.complete(with: failure)
            let error = await fixture.request()
            #expect(error?.kind == .connectFailed)
            #expect(error?.requestMayHaveBeenSent == false)
            let expected =
                "http://database.test:\(fixture.server.port): "
                + "the name could not be resolved (Temporary failure in name resolution)"
            #expect(error?.message == expected)
        }
    }

    @Test
    func `the addresses of the last successful lookup are used when a lookup fails`() async throws {
        try await withFixture(connections: 2) { fixture in
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request() == nil)
            fixture.lookup.complete(with: failure)
            #expect(await fixture.request() == nil)
            #expect(fixture.lookup.started == 2)
        }
    }

    @Test
    func `the addresses of the last successful lookup are used when a lookup is slow`() async throws {
        try await withFixture(connections: 2, patience: .milliseconds(1)) { fixture in
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request() == nil)
            fixture.lookup.complete(with: nil)
            #expect(await fixture.request() == nil)
            #expect(fixture.lookup.started == 2)
        }
    }

    @Test
    func `addresses to which no connection could be made are not used when a lookup is slow`() async throws {
        try await withFixture(connections: 1, patience: .milliseconds(1)) { fixture in
            // Nothing listens on this address.
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.9"))
            #expect(await fixture.request()?.kind == .connectFailed)
            fixture.lookup.complete(with: nil)
            let connection = fixture.connection()
            #expect(await fixture.request(on: connection, timeout: .milliseconds(50))?.kind == .timedOut)
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request(on: connection) == nil)
        }
    }

    @Test
    func `a new connection uses a changed address`() async throws {
        try await withFixture(connections: 1) { fixture in
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.9"))
            #expect(await fixture.request()?.kind == .connectFailed)
            fixture.lookup.complete(with: try fixture.addresses("127.0.0.1"))
            #expect(await fixture.request() == nil)
        }
    }

    @Test
    func `all addresses of a name are tried`() async throws {
        try await withFixture(connections: 1) { fixture in
            fixture.lookup.complete(with: try fixture.addresses("::ffff:127.0.0.9", "127.0.0.9", "127.0.0.1"))
            #expect(await fixture.request() == nil)
        }
    }
}
