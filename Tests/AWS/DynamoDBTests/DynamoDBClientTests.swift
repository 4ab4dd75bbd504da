import DynamoDB
import HTTPConnection
import Logging
import NIOPosix
import ScriptedServer
import Testing

/// Tests with real connections.
@Suite(.timeLimit(.minutes(1)))
struct DynamoDBClientTests {
    private let empty = ScriptedServer.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    private func client(of server: ScriptedServer) throws -> DynamoDBClient { try client(port: server.port) }

    private func client(port: Int) throws -> DynamoDBClient {
        var configuration = try DynamoDBConfiguration(
            region: "us-east-1",
            credentials: AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret"),
            endpoint: try HTTPEndpoint(parsing: "http://127.0.0.1:\(port)")
        )
        // The scripts respond to a fixed number of attempts, so no attempt may time out on a slow machine.
        configuration.attemptTimeout = .seconds(30)
        return DynamoDBClient(
            configuration: configuration,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test
    func `a reused connection that closes before the response is replaced`() async throws {
        let closing: [ScriptedServer.Step] = [.awaitRequest, empty, .awaitRequest, .close]
        try await ScriptedServer.run([closing, [.awaitRequest, empty]]) { server in
            let client = try self.client(of: server)
            #expect(try await client.send(.putItem, body: [], deadline: nil).attempts == 1)
            #expect(try await client.send(.putItem, body: [], deadline: nil).attempts == 2)
            #expect(server.connections == 2)
            await client.close()
        }
    }

    @Test
    func `concurrent requests use separate connections, which are reused`() async throws {
        // The server responds only after it has received both requests.
        let script: [ScriptedServer.Step] = [.awaitRequest, .awaitRequests(2), empty, .awaitRequest, empty]
        try await ScriptedServer.run([script, script]) { server in
            let client = try self.client(of: server)
            async let first = client.send(.query, body: [], deadline: nil)
            async let second = client.send(.query, body: [], deadline: nil)
            _ = try await (first, second)
            #expect(server.connections == 2)
            _ = try await client.send(.query, body: [], deadline: nil)
            #expect(server.connections == 2)
            #expect(server.requests.count == 3)
            await client.close()
        }
    }

    @Test
    func `a request is retried if its response is cut off`() async throws {
        let broken: [ScriptedServer.Step] = [
            .awaitRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"It"), .close,
        ]
        try await ScriptedServer.run([broken, [.awaitRequest, empty]]) { server in
            let client = try self.client(of: server)
            #expect(try await client.send(.getItem, body: [], deadline: nil).attempts == 2)
            await client.close()
        }
    }

    @Test
    func `a failed connection is an error that counts no attempts`() async throws {
        // The system never assigns port 9 to a server of another test, as it may assign the port of a closed one.
        let client = try self.client(port: 9)
        let error = await #expect(throws: DynamoDBError.self) {
            _ = try await client.send(.getItem, body: [], deadline: .now + .seconds(30))
        }
        #expect(error?.attempts == 0)
        guard case .connection(let reason)? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.kind == .connectFailed)
    }
}
