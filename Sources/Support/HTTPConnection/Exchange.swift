import HTTPMessage
import NIOCore

/// A request and the continuation that awaits its response. It finishes exactly once, on the event loop.
final class Exchange {
    typealias Outcome = Result<HTTPResponse, HTTPConnectionError>

    let id: UInt64
    let request: HTTPRequest
    /// Whether the connection was already open.
    var isOnReusedConnection = false
    /// Whether the request was written to the channel, so that the peer may have received it.
    var isSent = false

    private var continuation: CheckedContinuation<Outcome, Never>?
    private var timer: NIOScheduledCallback?

    init(id: UInt64, request: HTTPRequest, continuation: CheckedContinuation<Outcome, Never>) {
        self.id = id
        self.request = request
        self.continuation = continuation
    }

    var isFinished: Bool { continuation == nil }

    /// Calls `handler` after `timeout`, unless the exchange finishes first.
    func limit(
        to timeout: Duration, on eventLoop: any EventLoop, _ handler: some NIOScheduledCallbackHandler & Sendable
    ) {
        // This fails only if the event loop was shut down.
        timer = try? eventLoop.scheduleCallback(in: TimeAmount(timeout), handler: handler)
    }

    func succeed(_ response: HTTPResponse) { finish(.success(response)) }

    func fail(_ kind: HTTPConnectionError.Kind, _ message: String = "") {
        finish(
            .failure(
                HTTPConnectionError(
                    kind,
                    message,
                    requestMayHaveBeenSent: isSent,
                    wasReusedConnection: isOnReusedConnection
                )
            )
        )
    }

    private func finish(_ outcome: Outcome) {
        timer?.cancel()
        timer = nil
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(returning: outcome)
    }
}
