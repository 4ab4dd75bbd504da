import HTTPConnection
import HTTPMessage
import NIOCore
import Testing

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
@Suite(.timeLimit(.minutes(1)))
struct DocumentationExamples {
    /// Compiled but not called: nothing listens on the port.
    private func connection(on eventLoop: any EventLoop) async throws -> HTTPResponse {
        let connection = HTTPConnection(to: try HTTPEndpoint(parsing: "http://127.0.0.1:8000"), on: eventLoop)
        let response = try await connection.send(HTTPRequest(method: .get, path: "/"), timeout: .seconds(2))
        return response
    }

    @Test
    func `endpoints are parsed from URLs and from host and port`() throws {
        let database = try HTTPEndpoint(parsing: "https://dynamodb.eu-west-1.amazonaws.com")
        let runtimeAPI = try HTTPEndpoint(hostAndPort: "127.0.0.1:9001")
        #expect("\(database) \(runtimeAPI)" == "https://dynamodb.eu-west-1.amazonaws.com http://127.0.0.1:9001")
    }
}
