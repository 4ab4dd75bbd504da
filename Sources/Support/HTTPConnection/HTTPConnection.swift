public import NIOCore
import Synchronization

/// One kept-alive HTTP/1.1 client connection, which opens itself and opens itself anew when it was dropped.
///
/// ```swift
/// let connection = HTTPConnection(to: try HTTPEndpoint(parsing: "http://127.0.0.1:8000"), on: eventLoop)
/// let response = try await connection.send(HTTPRequest(method: .GET, path: "/"), timeout: .seconds(2))
/// ```
///
/// It lives on one event loop and carries one request at a time. Calls from that event loop (as when the loop is the
/// task executor) do not change threads.
///
/// A process that was frozen may hold a connection that died meanwhile. Such a request fails with
/// ``HTTPConnectionError/isStaleConnection``; the next one opens a new connection. The caller decides whether to repeat
/// the request, because only the caller knows whether it may be acted on twice.
public final class HTTPConnection: Sendable {
    /// What a connection may take and whom it trusts.
    public struct Configuration: Sendable {
        /// How long opening may take, name resolution and TLS handshake included.
        public var connectTimeout: Duration
        /// How many bytes of body a response may have.
        public var maximumResponseBytes: Int
        /// How long an open connection may lie unused and still be trusted with a request; nil for as long as it
        /// seems open. Peers forget idle connections without always saying so.
        public var maximumIdleTime: Duration?
        /// Whom to trust; for https only.
        public var trust: TrustRoots

        /// A configuration of the given parts.
        public init(
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

    /// Where the connection leads.
    public let endpoint: HTTPEndpoint
    /// Where the connection lives.
    public let eventLoop: any EventLoop

    private let connection: NIOLoopBoundBox<ConnectionStateMachine>
    private let lastExchangeID = Atomic<UInt64>(0)

    /// A connection to `endpoint` that is opened when it is first needed.
    ///
    /// - Parameter eventLoop: An event loop of NIOPosix.
    public init(to endpoint: HTTPEndpoint, on eventLoop: any EventLoop, configuration: Configuration = .init()) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        connection = .makeBoxSendingValue(
            ConnectionStateMachine(to: endpoint, on: eventLoop, configuration: configuration),
            eventLoop: eventLoop
        )
    }

    /// Opens the connection ahead of the first request; returns at once when it is open.
    ///
    /// - Throws: ``HTTPConnectionError`` of the kinds `connectFailed`, `tls`, `timedOut`, and `cancelled` when
    ///   ``close()`` was called meanwhile.
    public func open() async throws(HTTPConnectionError) {
        let result = await withCheckedContinuation { continuation in
            onEventLoop { $0.open { continuation.resume(returning: $0) } }
        }
        try result.get()
    }

    /// Opens the connection as ``open()`` does, but waits no longer than `limit`: then it throws `timedOut`, while the
    /// opening goes on and serves the first request if it succeeds yet.
    public func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError) {
        let result = await withCheckedContinuation { continuation in
            onEventLoop { $0.open(waitingAtMost: limit) { continuation.resume(returning: $0) } }
        }
        try result.get()
    }

    /// Sends a request and returns the whole response.
    ///
    /// Must not be called while another request is under way. Cancelling the task ends the wait and, if the request
    /// was sent, closes the connection.
    ///
    /// - Parameter timeout: How long it may take until the response is complete, opening included; nil for ever.
    /// - Throws: ``HTTPConnectionError``.
    public func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse {
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

    /// Closes the connection. A request that is under way fails as `cancelled`; a later one opens the connection again.
    public func close() async {
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
