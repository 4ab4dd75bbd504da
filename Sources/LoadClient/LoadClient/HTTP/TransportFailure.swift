/// Why a request got no complete response.
package enum TransportFailure: Sendable, CustomStringConvertible {
    case nameLookup
    /// The TCP connection could not be established.
    case connect
    /// The TLS handshake failed, or the certificate is not trusted.
    case tls
    case timeout
    /// The connection was closed before the response was complete.
    case connectionLost
    case other
    /// The request was due but could not be sent before the end of the run.
    case notSent
    /// The response had not arrived when the run was interrupted.
    case unfinished

    package var description: String {
        switch self {
        case .nameLookup: "name lookup failed"
        case .connect: "cannot connect"
        case .tls: "TLS failed"
        case .timeout: "timed out"
        case .connectionLost: "connection lost"
        case .other: "other failure"
        case .notSent: "not sent"
        case .unfinished: "unfinished"
        }
    }
}
