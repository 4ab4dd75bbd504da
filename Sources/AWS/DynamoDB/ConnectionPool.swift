package import HTTPConnection
import Synchronization

/// What the client needs of a connection.
package protocol HTTPRequestSending: Sendable {
    /// See `HTTPConnection.open(waitingAtMost:)`.
    func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError)
    /// See `HTTPConnection.send(_:timeout:)`.
    func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse
    /// See `HTTPConnection.close()`.
    func close() async
}

extension HTTPConnection: HTTPRequestSending {}

/// The connections that no request is using. The one used last is used next, since it is the likeliest to be alive.
final class ConnectionPool: Sendable {
    private let makeConnection: @Sendable () -> any HTTPRequestSending
    private let idle = Mutex<[any HTTPRequestSending]>([])

    init(_ makeConnection: @escaping @Sendable () -> any HTTPRequestSending) {
        self.makeConnection = makeConnection
    }

    func take() -> any HTTPRequestSending {
        idle.withLock { $0.popLast() } ?? makeConnection()
    }

    func putBack(_ connection: any HTTPRequestSending) {
        idle.withLock { $0.append(connection) }
    }

    func takeAll() -> [any HTTPRequestSending] {
        idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
    }
}
