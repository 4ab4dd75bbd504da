/// Why a request got no response, and what is known about how far it came.
public struct HTTPConnectionError: Error, Equatable, Sendable {
    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// No connection could be opened: the name was not resolved, or the peer refused.
        case connectFailed
        /// The TLS handshake failed, for example because the certificate is not trusted.
        case tls
        /// The connection did not open, or the response was not complete, in time.
        case timedOut
        /// The peer closed the connection before any part of the response.
        case closedBeforeResponse
        /// The peer closed the connection in the middle of the response.
        case closedInResponse
        /// What came is not HTTP/1.1.
        case invalidResponse
        /// The body exceeds ``HTTPConnection/Configuration/maximumResponseBytes``.
        case responseTooLarge
        /// The path or a header field holds bytes that it must not; nothing was sent.
        case invalidRequest
        /// The task was cancelled, or ``HTTPConnection/close()`` was called, while the request was under way.
        case cancelled
    }

    /// What happened.
    public let kind: Kind
    /// The cause in words, for logs. It names neither headers nor bodies.
    public let message: String
    /// Whether any byte of the request may have reached the peer, so that the peer may have acted on it.
    public let requestMayHaveBeenSent: Bool
    /// Whether the request was sent on a connection that had been opened before, and so may have been dead for long.
    public let wasReusedConnection: Bool

    /// An error of the given parts.
    public init(
        _ kind: Kind,
        _ message: String = "",
        requestMayHaveBeenSent: Bool = false,
        wasReusedConnection: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.wasReusedConnection = wasReusedConnection
    }

    /// Whether a kept connection turned out to be dead: no byte of a response came on it. Another try opens a new
    /// connection and can be made at once. (The peer may still have acted on the request, though hardly.)
    public var isStaleConnection: Bool { kind == .closedBeforeResponse && wasReusedConnection }
}

extension HTTPConnectionError: CustomStringConvertible {
    /// What happened and its cause.
    public var description: String { message.isEmpty ? kind.words : "\(kind.words): \(message)" }
}

extension HTTPConnectionError.Kind {
    var words: String {
        switch self {
        case .connectFailed: "cannot connect"
        case .tls: "the TLS handshake failed"
        case .timedOut: "timed out"
        case .closedBeforeResponse: "the connection was closed before the response"
        case .closedInResponse: "the connection was closed in the middle of the response"
        case .invalidResponse: "the response is not valid HTTP"
        case .responseTooLarge: "the response is too large"
        case .invalidRequest: "the request is malformed"
        case .cancelled: "cancelled"
        }
    }
}
