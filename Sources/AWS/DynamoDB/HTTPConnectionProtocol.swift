package import HTTPConnection
package import HTTPMessage

/// The part of `HTTPConnection`'s interface that ``DynamoDBClient`` uses, so that tests can replace the network.
package protocol HTTPConnectionProtocol: Sendable {
    func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError)
    func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse
    func close() async
}

extension HTTPConnection: HTTPConnectionProtocol {}
