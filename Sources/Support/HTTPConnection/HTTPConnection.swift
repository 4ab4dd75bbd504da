package import HTTPMessage
package import NIOCore
import Synchronization

/// A persistent HTTP/1.1 client connection, which opens on demand and reopens after it was closed.
///
/// ```swift
/// let connection = HTTPConnection(to: try HTTPEndpoint(parsing: "http://127.0.0.1:8000"), on: eventLoop)
/// let response = try await connection.send(HTTPRequest(method: .get, path: "/"), timeout: .seconds(2))
/// ```
///
/// It uses one event loop and carries one request at a time. Calls from that event loop, for example when it is the task
/// executor, do not switch threads.
///
/// Lambda freezes a function between invocations, so the peer may have closed the connection in the meantime. The next
/// request then fails with ``HTTPConnectionError/isStaleConnection``, and the one after that opens a new connection. The
/// caller decides whether to retry, since only the caller knows whether the request is safe to repeat.
package final class HTTPConnection: Sendable {
    package struct Configuration: Sendable {
        /// The longest time to open the connection, including the TLS handshake. Name resolution does not count: only a
        /// request's own timeout limits how long it waits for that.
        package var connectTimeout: Duration
        /// The largest response body, in bytes.
        package var maximumResponseBytes: Int
        /// How long a connection may be idle and still be reused; nil for no limit. Intermediaries may drop idle
        /// connections without closing them.
        package var maximumIdleTime: Duration?
        /// Used for https only.
        package var trust: TrustRoots

        package init(
            connectTimeout: Duration = .seconds(3),
            maximumResponseBytes: Int = 16 << 20,
            maximumIdleTime: Duration? = nil,
            trust: TrustRoots = .system
        ) {
            self.connectTimeout = connectTimeout
            self.maximumResponseBytes = maximumResponseBytes
            self.maximumIdleTime = maximumIdleTime
            self.trust = trust
        }
    }

    private let eventLoop: any EventLoop
    private let connection: NIOLoopBoundBox<ConnectionStateMachine>
    private let lastExchangeID = Atomic<UInt64>(0)

    /// - Parameter eventLoop: Must be an event loop of NIOPosix.
    package convenience init(
        to endpoint: HTTPEndpoint,
        on eventLoop: any EventLoop,
        configuration: Configuration = .init()
    ) {
        self.init(to: EndpointResolver(endpoint), on: eventLoop, configuration: configuration)
    }

    /// Creates a connection to the resolver's endpoint that shares the resolver with other connections.
    package init(to resolver: EndpointResolver, on eventLoop: any EventLoop, configuration: Configuration = .init()) {
        self.eventLoop = eventLoop
        connection = .makeBoxSendingValue(
            ConnectionStateMachine(to: resolver, on: eventLoop, configuration: configuration),
            eventLoop: eventLoop
        )
    }

    /// Opens the connection, if it is not open, ahead of the first request.
    ///
    /// - Throws: ``HTTPConnectionError`` of the kinds `connectFailed` and `tls`, `timedOut` also after `limit`, when the
    ///   attempt to connect continues in the background, or `cancelled` if ``close()`` was called in the meantime.
    package func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError) {
        let result = await withCheckedContinuation { continuation in
            onEventLoop { $0.open(waitingAtMost: limit) { continuation.resume(returning: $0) } }
        }
        try result.get()
    }

    /// Sends a request and returns the whole response.
    ///
    /// Must not be called while another request is in progress. Cancelling the task fails the request and, if it was sent,
    /// closes the connection.
    ///
    /// - Parameter timeout: The longest time until the response is complete, including the time to open the connection;
    ///   nil for no limit.
    /// - Throws: ``HTTPConnectionError``.
    package func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse {
        let id = lastExchangeID.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                onEventLoop { connection in
                    connection.send(Exchange(id: id, request: request, continuation: continuation), timeout: timeout)
                }
            }
        } onCancel: {
            eventLoop.execute { [connection] in connection.value.cancel(id) }
        }
        return try result.get()
    }

    /// Closes the connection. A request in progress fails with `cancelled`; a later request opens the connection again.
    package func close() async {
        await withCheckedContinuation { continuation in
            onEventLoop { $0.close { continuation.resume() } }
        }
    }

    private func onEventLoop(_ work: @escaping @Sendable (ConnectionStateMachine) -> Void) {
        if eventLoop.inEventLoop {
            work(connection.value)
        } else {
            eventLoop.execute { [connection] in work(connection.value) }
        }
    }
}
