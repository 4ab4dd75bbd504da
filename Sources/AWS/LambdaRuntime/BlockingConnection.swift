package import HTTPConnection
internal import NIOCore

/// The connection to the Runtime API: kept-alive HTTP/1.1 over a socket whose calls block the thread. It opens itself,
/// and opens itself anew when it was dropped.
///
/// Between two invocations a function has nothing to do but to wait for the next one, and Lambda freezes it meanwhile. So
/// the wait is a plain read, on the very thread that handles the invocation: that saves the event loop's system calls
/// and the tasks' switches (see `Benchmarks/README.md`).
package struct BlockingConnection: ~Copyable {
    /// Lambda's limit for an event is 6 MB; the rest is room for whatever plays Lambda.
    private static let maximumResponseBytes = 16 << 20
    private static let bytesPerRead = 1 << 16

    private let endpoint: HTTPEndpoint
    private let authority: String
    private var socket: TCPSocket?
    private var written = ByteBuffer()
    private var received = ByteBuffer()

    package init(to endpoint: HTTPEndpoint) {
        self.endpoint = endpoint
        authority = endpoint.authority
    }

    /// Sends a request and waits for its response, however long that takes.
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
        written.clear()
        let rest = request.write(to: &written, authority: authority)
        do throws(IOError) {
            try socket?.write(written)
            if let rest { try socket?.write(rest) }
        } catch {
            throw Failure(kind: .closedBeforeResponse, message: "\(error)")
        }
    }

    private mutating func read() throws(Failure) -> HTTPResponse {
        var parser = HTTPResponseParser(maximumBodyBytes: Self.maximumResponseBytes)
        while true {
            // Once nobody holds the last event any more, its memory is used again.
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
                    // Bytes behind the response belong to no request of ours.
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
