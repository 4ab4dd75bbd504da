package import HTTPConnection
import HTTPMessage
import NIOCore

/// The connection to the Runtime API: keep-alive HTTP/1.1 over a socket whose calls block the thread. It connects when
/// needed: before the first request, and after the connection was lost.
///
/// Between two invocations a function only waits for the next one, frozen by Lambda. The wait is therefore a plain read
/// on the thread that handles the invocation, which saves the event loop's system calls and task switches
/// (docs/decisions/002-http-client.md).
package struct BlockingConnection: ~Copyable {
    /// Lambda's limit for an event is 6 MB. The rest leaves room for other implementations of the Runtime API.
    private static let maximumResponseBytes = 16 << 20
    private static let bytesPerRead = 1 << 16

    private let endpoint: HTTPEndpoint
    private let authority: String
    private var socket: TCPSocket?
    private var received = ByteBuffer()

    package init(to endpoint: HTTPEndpoint) {
        self.endpoint = endpoint
        authority = endpoint.authority
    }

    /// Sends a request and waits for its response. Only connecting has a timeout: that of ``TCPSocket``.
    ///
    /// - Throws: ``HTTPConnectionError``, of the same kinds as `HTTPConnection.send`.
    mutating func send(_ request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
        guard request.isWellFormed else { throw HTTPConnectionError(.invalidRequest) }
        let isReused = socket != nil
        if !isReused { try open() }
        do throws(Failure) {
            try write(request)
            return try read()
        } catch {
            socket = nil
            throw HTTPConnectionError(
                error.kind, error.message, requestMayHaveBeenSent: true, wasReusedConnection: isReused)
        }
    }

    private mutating func open() throws(HTTPConnectionError) {
        do {
            socket = try TCPSocket(connectingTo: endpoint)
        } catch {
            throw HTTPConnectionError(.connectFailed, "\(endpoint): \(error)")
        }
    }

    private mutating func write(_ request: HTTPRequest) throws(Failure) {
        let (head, longBody) = request.encoded(authority: authority)
        do throws(IOError) {
            try socket?.write(head)
            if let longBody { try socket?.write(longBody) }
        } catch {
            throw Failure(kind: .closedBeforeResponse, message: "\(error)")
        }
    }

    private mutating func read() throws(Failure) -> HTTPResponse {
        var parser = HTTPResponseParser(maximumBodyBytes: Self.maximumResponseBytes)
        while true {
            // Reuses the memory of the last event, unless something still references it.
            received.clear(minimumCapacity: Self.bytesPerRead)
            do throws(IOError) {
                try socket?.read(into: &received)
            } catch {
                throw Failure(kind: parser.hasBegun ? .closedInResponse : .closedBeforeResponse, message: "\(error)")
            }
            do throws(HTTPResponseParser.Failure) {
                if received.readableBytes == 0 {
                    let response = try parser.finish()
                    socket = nil
                    return response
                } else if let (response, isKeepAlive) = try parser.receive(received) {
                    // Bytes after the response belong to no request.
                    if !isKeepAlive || parser.hasBegun { socket = nil }
                    return response
                }
            } catch {
                throw Failure(kind: error.kind, message: error.message)
            }
        }
    }

    private struct Failure: Error {
        let kind: HTTPConnectionError.Kind
        let message: String
    }
}
