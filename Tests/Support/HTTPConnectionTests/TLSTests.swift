import HTTPConnection
import HTTPMessage
import NIOCore
import NIOPosix
import NIOSSL
import ScriptedServer
import Testing

private let get = HTTPRequest(method: .get, path: "/")
private let script: [ScriptedServer.Step] = [
    .awaitRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    .awaitRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
]

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private func expectSuccess(trusting roots: [TrustRoots.Roots], sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let bodies = try await bodies(trusting: roots)
        #expect(bodies == ["ok", "ok"], sourceLocation: sourceLocation)
    }

    /// Sends two requests to a TLS server and returns the bodies.
    private func bodies(host: String = "localhost", trusting roots: [TrustRoots.Roots]) async throws -> [String] {
        let certificate = try NIOSSLCertificate(bytes: Array(TestCertificates.server.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)],
                privateKey: .privateKey(key)
            )
        )
        // The second script is for the connection with the second list of roots.
        return try await ScriptedServer.run([script, script]) { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } body: { server in
            let connection = HTTPConnection(
                to: try HTTPEndpoint(parsing: "https://\(host):\(server.port)"),
                on: MultiThreadedEventLoopGroup.singleton.next(),
                configuration: .init(trust: TrustRoots(roots))
            )
            let first = try await connection.send(get, timeout: .seconds(30))
            let second = try await connection.send(get, timeout: .seconds(30))
            await connection.close()
            #expect(server.requests.count == 2)
            return [first, second].map { String(buffer: $0.body) }
        }
    }

    @Test
    func `a server is trusted if one of the roots verifies its certificate`() async throws {
        try await TestCertificates.withFile(of: TestCertificates.otherRoot + "\n" + TestCertificates.root) { file in
            try await expectSuccess(trusting: [.file(file)])
        }
    }

    @Test
    func `the next list of roots is tried if the first fails or cannot be read`() async throws {
        try await TestCertificates.withFile(of: TestCertificates.otherRoot) { other in
            try await TestCertificates.withFile(of: TestCertificates.root) { right in
                try await expectSuccess(trusting: [.file(other), .file(right)])
                try await expectSuccess(trusting: [.file("/nowhere.pem"), .file(right)])
            }
        }
    }

    @Test
    func `no request is sent to a server with an untrusted certificate`() async throws {
        try await TestCertificates.withFile(of: TestCertificates.otherRoot) { file in
            let error = await #expect(throws: HTTPConnectionError.self) {
                _ = try await bodies(trusting: [.file(file)])
            }
            #expect(error?.kind == .tls)
            #expect(error?.requestMayHaveBeenSent == false)
        }
    }

    @Test
    func `no request is sent to a server with a certificate for another name`() async throws {
        try await TestCertificates.withFile(of: TestCertificates.root) { file in
            let error = await #expect(throws: HTTPConnectionError.self) {
                _ = try await bodies(host: "127.0.0.1", trusting: [.file(file)])
            }
            #expect(error?.kind == .tls)
            #expect(error?.requestMayHaveBeenSent == false)
        }
    }

    @Test
    func `unreadable roots are an error`() async throws {
        let error = await #expect(throws: HTTPConnectionError.self) {
            _ = try await bodies(trusting: [.file("/nowhere.pem")])
        }
        #expect(error?.kind == .tls)
        #expect(error.map { "\($0)" }?.contains("root certificates") == true)
    }

    @Test
    func `a server without TLS is an error`() async throws {
        try await ScriptedServer.run([[.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close]]) { server in
            let connection = HTTPConnection(
                to: try HTTPEndpoint(parsing: "https://127.0.0.1:\(server.port)"),
                on: MultiThreadedEventLoopGroup.singleton.next()
            )
            let error = await #expect(throws: HTTPConnectionError.self) {
                _ = try await connection.send(get, timeout: nil)
            }
            #expect(error?.kind == .tls)
        }
    }

    @Test
    func `opening with a limit returns before the connection attempt ends`() async throws {
        try await ScriptedServer.run([]) { server in
            let connection = HTTPConnection(
                to: try HTTPEndpoint(parsing: "https://127.0.0.1:\(server.port)"),
                on: MultiThreadedEventLoopGroup.singleton.next()
            )
            let error = await #expect(throws: HTTPConnectionError.self) {
                try await connection.open(waitingAtMost: .milliseconds(1))
            }
            #expect(error?.kind == .timedOut)
            await connection.close()
        }
    }

    @Test
    func `a TLS handshake without a response times out, and its connection is closed`() async throws {
        try await TestCertificates.withFile(of: TestCertificates.root) { file in
            try await ScriptedServer.run([]) { server in
                // Trusts one file: reading the system's roots takes longer than the timeout, so no handshake would begin.
                let connection = HTTPConnection(
                    to: try HTTPEndpoint(parsing: "https://127.0.0.1:\(server.port)"),
                    on: MultiThreadedEventLoopGroup.singleton.next(),
                    configuration: .init(connectTimeout: .milliseconds(100), trust: TrustRoots([.file(file)]))
                )
                let error = await #expect(throws: HTTPConnectionError.self) {
                    try await connection.open(waitingAtMost: .seconds(60))
                }
                #expect(error?.kind == .timedOut)
                while server.closedConnections == 0 {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
        }
    }
}
