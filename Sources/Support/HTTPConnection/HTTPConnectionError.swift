/// The failure of a request, and whether the peer may have received it.
package struct HTTPConnectionError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// No connection could be opened, for example because name resolution failed or the port is closed.
        case connectFailed
        /// The root certificates could not be loaded, the handshake failed, for example because the certificate is not
        /// trusted, or a response could not be decrypted.
        case tls
        /// The connection was not open, or the response not complete, before the timeout.
        case timedOut
        /// The peer closed the connection before any part of the response.
        case closedBeforeResponse
        /// The peer closed the connection in the middle of the response.
        case closedInResponse
        /// The response is not valid HTTP/1.1.
        case invalidResponse
        /// The body exceeds ``HTTPConnection/Configuration/maximumResponseBytes``.
        case responseTooLarge
        /// The path or a header field contains bytes that are not allowed there. Nothing was sent.
        case invalidRequest
        /// The task was cancelled, or ``HTTPConnection/close()`` was called, during the request.
        case cancelled
    }

    package let kind: Kind
    /// The cause, for logs. It contains no header fields or bodies.
    package let message: String
    /// Whether the peer may have received the request and acted on it.
    package let requestMayHaveBeenSent: Bool
    /// Whether the connection was already open when the request was sent.
    package let wasReusedConnection: Bool

    package init(
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

    /// Whether a reused connection turned out to be closed: the peer sent no byte of a response. The request can be
    /// retried immediately, on a new connection. (It is unlikely but possible that the peer acted on it.)
    package var isStaleConnection: Bool { kind == .closedBeforeResponse && wasReusedConnection }
}

extension HTTPConnectionError: CustomStringConvertible {
    package var description: String { message.isEmpty ? "\(kind)" : "\(kind): \(message)" }
}

extension HTTPConnectionError.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connectFailed: "could not connect"
        case .tls: "TLS failed"
        case .timedOut: "timed out"
        case .closedBeforeResponse: "the connection was closed before the response"
        case .closedInResponse: "the connection was closed during the response"
        case .invalidResponse: "the response is not valid HTTP"
        case .responseTooLarge: "the response is too large"
        case .invalidRequest: "the request is malformed"
        case .cancelled: "cancelled"
        }
    }
}
