package import HummingbirdCore
package import NIOCore
import Synchronization

/// Limits the connections that a server serves. Each connection beyond the limit gets a fixed response to its first
/// request, whatever that is, and is closed.
///
/// A connection costs a file descriptor and memory even while it is idle. When descriptors run out, nothing works any
/// more: neither further connections, nor starting processes, nor the database. So the limit is far below that.
/// Connections that are being rejected use descriptors too: the server should stop accepting at ``maximumAccepted``.
///
/// ```swift
/// let limit = ConnectionLimit(1_000, refusal: ByteBuffer(string: "HTTP/1.1 503 Service Unavailable\r\n\r\n"))
/// let server = limit.http1(configuration: .init())
/// ```
package final class ConnectionLimit: Sendable {
    /// Connections that are served at a time.
    package let maximum: Int

    let refusal: ByteBuffer
    private let served = Atomic(0)
    private let pace = Mutex(RefusalPace())

    /// - Parameters:
    ///   - maximum: Connections that are served at a time.
    ///   - refusal: The bytes of the response on all other connections, which must announce that the connection closes.
    package init(_ maximum: Int, refusal: ByteBuffer) {
        self.maximum = maximum
        self.refusal = refusal
    }

    /// The connections that a server may serve in a process that may have `openFiles` files open. Two servers, and as
    /// many connections again that are being rejected, leave half of the files for everything else.
    package static func maximum(openFiles: Int) -> Int { min(1_000, max(openFiles / 8, 1)) }

    /// Connections that should be accepted at a time: those that are served, and as many that are being rejected.
    package var maximumAccepted: Int { 2 * maximum }

    /// An HTTP/1.1 server with this limit.
    package func http1(configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
        HTTPServerBuilder { self.limiting(HTTP1Channel(responder: $0, configuration: configuration)) }
    }

    /// Serves connections within the limit with `server`, and rejects the others.
    package func limiting(_ server: some ServerChildChannel) -> any ServerChildChannel {
        LimitedServer(server: server, limit: self)
    }

    /// Returns whether one more connection is served; if so, it counts until `closed` succeeds. Connections that are being
    /// rejected do not count: otherwise, enough of them would block all others.
    func admit(until closed: EventLoopFuture<Void>) -> Bool {
        guard served.add(1, ordering: .relaxed).newValue <= maximum else {
            served.subtract(1, ordering: .relaxed)
            return false
        }
        closed.whenComplete { _ in self.served.subtract(1, ordering: .relaxed) }
        return true
    }

    /// When the next rejection is due. See ``RefusalPace``.
    package func turnOfRefusal(_ now: NIODeadline = .now()) -> NIODeadline {
        pace.withLock { $0.turn(now, endsConnection: true) }
    }
}
