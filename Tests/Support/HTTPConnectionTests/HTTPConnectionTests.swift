import HTTPConnection
import HTTPMessage
import NIOCore
import NIOPosix
import ScriptedServer
import Testing

private let get = HTTPRequest(method: .get, path: "/a?b=c")
private let hello = ScriptedServer.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

@Suite(.timeLimit(.minutes(1)))
struct HTTPConnectionTests {
    private func withConnection(
        to scripts: [[ScriptedServer.Step]],
        configuration: HTTPConnection.Configuration = .init(),
        body: (HTTPConnection, ScriptedServer) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(scripts) { server in
            let endpoint = try HTTPEndpoint(parsing: "http://127.0.0.1:\(server.port)")
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let connection = HTTPConnection(to: endpoint, on: eventLoop, configuration: configuration)
            try await body(connection, server)
            await connection.close()
        }
    }

    private func expect(
        _ connection: HTTPConnection,
        returns text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let response = try await connection.send(get, timeout: nil)
        #expect(String(buffer: response.body) == text, sourceLocation: sourceLocation)
    }

    private func failure(
        of connection: HTTPConnection,
        sending request: HTTPRequest = get,
        timeout: Duration? = nil
    ) async -> HTTPConnectionError? {
        do throws(HTTPConnectionError) {
            _ = try await connection.send(request, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }

    /// Returns when a connection to the server has ended; the suite's time limit bounds the wait.
    private func waitForClosedConnection(of server: ScriptedServer) async throws {
        while server.closedConnections == 0 {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test
    func `requests are sent one after another on one connection`() async throws {
        let script = [ScriptedServer.Step.awaitRequest, hello, .awaitRequest, hello]
        try await withConnection(to: [script]) { connection, server in
            let first = try await connection.send(get, timeout: nil)
            #expect(first.status == 200)
            #expect(String(buffer: first.body) == "hello")
            #expect(first.headers.first(name: "content-length") == "5")
            let post = HTTPRequest(
                method: .post,
                path: "/",
                headers: ["X-Name": "value"],
                body: Array("body".utf8)
            )
            _ = try await connection.send(post, timeout: .seconds(30))
            #expect(server.connections == 1)
            let host = "127.0.0.1:\(server.port)"
            #expect(
                server.requests == [
                    "GET /a?b=c HTTP/1.1\r\nHost: \(host)\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: \(host)\r\nX-Name: value\r\nContent-Length: 4\r\n\r\nbody",
                ]
            )
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: 100_000),
            String(repeating: "x", count: 100_000)
        ),
    ])
    func `a response that does not end with the connection keeps it open`(response: String, body: String) async throws {
        let script = [ScriptedServer.Step.awaitRequest, .send(response), .awaitRequest, .send(response)]
        try await withConnection(to: [script]) { connection, server in
            for _ in 1...2 {
                try await expect(connection, returns: body)
            }
            #expect(server.connections == 1)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ])
    func `a connection that ends with the response is replaced`(response: String) async throws {
        let script = [ScriptedServer.Step.awaitRequest, .send(response), .close]
        try await withConnection(to: [script, script]) { connection, server in
            for _ in 1...2 {
                try await expect(connection, returns: "hello")
            }
            #expect(server.connections == 2)
        }
    }

    @Test(arguments: [ScriptedServer.Step.close, .reset])
    func `a reused connection that was closed is stale, and the next request opens a new one`(
        end: ScriptedServer.Step
    ) async throws {
        let closing = [ScriptedServer.Step.awaitRequest, hello, .awaitRequest, end]
        try await withConnection(to: [closing, [.awaitRequest, hello]]) { connection, server in
            _ = try await connection.send(get, timeout: nil)
            let error = await failure(of: connection)
            #expect(error?.kind == .closedBeforeResponse)
            #expect(error?.wasReusedConnection == true)
            #expect(error?.requestMayHaveBeenSent == true)
            #expect(error?.isStaleConnection == true)
            try await expect(connection, returns: "hello")
            #expect(server.connections == 2)
        }
    }

    @Test(arguments: [ScriptedServer.Step.close, .reset])
    func `a new connection that is closed before the response is not stale`(
        end: ScriptedServer.Step
    ) async throws {
        try await withConnection(to: [[.awaitRequest, end]]) { connection, _ in
            let error = await failure(of: connection)
            #expect(error?.kind == .closedBeforeResponse)
            #expect(error?.isStaleConnection == false)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
    ])
    func `a response that is cut off is an error`(response: String) async throws {
        try await withConnection(to: [[.awaitRequest, .send(response), .close]]) { connection, _ in
            #expect(await failure(of: connection)?.kind == .closedInResponse)
        }
    }

    @Test(arguments: [
        "garbage\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `an invalid response is rejected, and the next request opens a new connection`(
        response: String
    ) async throws {
        try await withConnection(to: [[.awaitRequest, .send(response)], [.awaitRequest, hello]]) { connection, _ in
            #expect(await failure(of: connection)?.kind == .invalidResponse)
            try await expect(connection, returns: "hello")
        }
    }

    @Test
    func `bytes after a response close the connection`() async throws {
        let excessive = [
            ScriptedServer.Step.awaitRequest,
            .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ]
        try await withConnection(to: [excessive, [.awaitRequest, hello]]) { connection, server in
            for _ in 1...2 {
                try await expect(connection, returns: "hello")
            }
            #expect(server.connections == 2)
        }
    }

    @Test
    func `bytes that arrive on an idle connection close it`() async throws {
        let scripts = [
            [ScriptedServer.Step.awaitRequest, hello, .awaitRequests(2), .send("HTTP/1.1 200 OK\r\n")],
            [.awaitRequest, hello],
        ]
        try await ScriptedServer.run(scripts) { server in
            let endpoint = try HTTPEndpoint(parsing: "http://127.0.0.1:\(server.port)")
            let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            let (connection, other) = (
                HTTPConnection(to: endpoint, on: eventLoop), HTTPConnection(to: endpoint, on: eventLoop)
            )
            try await expect(connection, returns: "hello")
            try await expect(other, returns: "hello")
            try await waitForClosedConnection(of: server)
            await connection.close()
            await other.close()
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n",
    ])
    func `a body over the limit is rejected`(response: String) async throws {
        let configuration = HTTPConnection.Configuration(maximumResponseBytes: 10)
        try await withConnection(to: [[.awaitRequest, .send(response)]], configuration: configuration) {
            connection,
            _ in
            #expect(await failure(of: connection)?.kind == .responseTooLarge)
        }
    }

    @Test
    func `a timeout closes the connection`() async throws {
        try await withConnection(to: [[.awaitRequest], [.awaitRequest, hello]]) { connection, server in
            try await connection.open(waitingAtMost: .seconds(60))
            let error = await failure(of: connection, timeout: .milliseconds(20))
            #expect(error?.kind == .timedOut)
            #expect(error?.requestMayHaveBeenSent == true)
            try await waitForClosedConnection(of: server)
            try await expect(connection, returns: "hello")
            #expect(server.connections == 2)
        }
    }

    @Test
    func `nothing is sent if no time is left`() async throws {
        try await withConnection(to: []) { connection, server in
            let error = await failure(of: connection, timeout: .zero)
            #expect(error == HTTPConnectionError(.timedOut))
            #expect(server.connections == 0)
        }
    }

    @Test
    func `cancelling the task fails the request and closes the connection`() async throws {
        try await withConnection(to: [[.awaitRequest], [.awaitRequest, hello]]) { connection, server in
            let waiting = Task { await failure(of: connection) }
            while server.requests.isEmpty { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value?.kind == .cancelled)
            try await waitForClosedConnection(of: server)
            try await expect(connection, returns: "hello")
            #expect(server.connections == 2)
        }
    }

    @Test
    func `a task that is already cancelled sends nothing`() async throws {
        try await withConnection(to: [[.awaitRequest, hello]]) { connection, server in
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                return await failure(of: connection)
            }
            late.cancel()
            #expect(await late.value?.kind == .cancelled)
            #expect(server.requests.isEmpty)
            try await expect(connection, returns: "hello")
        }
    }

    @Test
    func `the first request reuses a connection that was opened ahead`() async throws {
        try await withConnection(to: [[.awaitRequest, .close], [.awaitRequest, hello]]) { connection, server in
            try await connection.open(waitingAtMost: .seconds(60))
            try await connection.open(waitingAtMost: .seconds(60))
            #expect(await failure(of: connection)?.isStaleConnection == true)
            try await expect(connection, returns: "hello")
            #expect(server.connections == 2)
        }
    }

    @Test
    func `a request waits for an opening in progress`() async throws {
        try await withConnection(to: [[.awaitRequest, hello]]) { connection, server in
            async let opening: Void = connection.open(waitingAtMost: .seconds(60))
            try await expect(connection, returns: "hello")
            try await opening
            #expect(server.connections == 1)
        }
    }

    @Test
    func `opening does not affect a request in progress`() async throws {
        try await withConnection(to: [[.awaitRequest]]) { connection, server in
            let waiting = Task { await failure(of: connection) }
            while server.requests.isEmpty { await Task.yield() }
            try await connection.open(waitingAtMost: .seconds(60))
            #expect(server.connections == 1)
            await connection.close()
            #expect(await waiting.value?.kind == .cancelled)
        }
    }

    @Test
    func `a connection that was idle for too long is closed and replaced`() async throws {
        let script = [ScriptedServer.Step.awaitRequest, hello]
        let configuration = HTTPConnection.Configuration(maximumIdleTime: .zero)
        try await withConnection(to: [script, script], configuration: configuration) { connection, server in
            for _ in 1...2 {
                try await expect(connection, returns: "hello")
            }
            #expect(server.connections == 2)
            try await waitForClosedConnection(of: server)
        }
    }

    @Test
    func `a closed port fails the connection attempt, and nothing is sent`() async throws {
        // The system never assigns this port to a server of another test, as it may assign the port of a closed one.
        let port = 9
        let endpoint = try HTTPEndpoint(parsing: "http://127.0.0.1:\(port)")
        let connection = HTTPConnection(to: endpoint, on: MultiThreadedEventLoopGroup.singleton.next())
        let error = await failure(of: connection)
        #expect(error?.kind == .connectFailed)
        #expect(error?.requestMayHaveBeenSent == false)
        #expect(error.map { "\($0)" }?.contains("http://127.0.0.1:\(port)") == true)
    }

    @Test
    func `a host name is resolved`() async throws {
        try await ScriptedServer.run([[.awaitRequest, hello]]) { server in
            let endpoint = try HTTPEndpoint(parsing: "http://localhost:\(server.port)")
            let connection = HTTPConnection(to: endpoint, on: MultiThreadedEventLoopGroup.singleton.next())
            #expect(try await connection.send(get, timeout: .seconds(30)).status == 200)
            await connection.close()
        }
    }

    @Test
    func `closing fails the request in progress`() async throws {
        try await withConnection(to: [[.awaitRequest]]) { connection, server in
            let waiting = Task { await failure(of: connection) }
            while server.requests.isEmpty { await Task.yield() }
            await connection.close()
            #expect(await waiting.value?.kind == .cancelled)
        }
    }

    @Test(arguments: [
        HTTPRequest(method: .get, path: "/a b"),
        HTTPRequest(method: .get, path: "/\r\nX: y"),
        HTTPRequest(method: .get, path: ""),
        HTTPRequest(method: .get, path: "/", headers: ["X": "a\r\nY: b"]),
        HTTPRequest(method: .get, path: "/", headers: ["X: y": "z"]),
        HTTPRequest(method: .get, path: "/", headers: ["": "z"]),
    ])
    func `a request with a malformed path or header is not sent`(request: HTTPRequest) async throws {
        try await withConnection(to: []) { connection, server in
            let error = await failure(of: connection, sending: request)
            #expect(error == HTTPConnectionError(.invalidRequest))
            #expect(server.connections == 0)
        }
    }
}
