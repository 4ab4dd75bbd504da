/// A phase of a request, as reports list it.
enum Phase: Int, CaseIterable, Sendable {
    case nameLookup
    /// The TCP handshake.
    case connect
    /// The TLS handshake.
    case tls
    /// From sending the request to the first byte of the response.
    case firstByte
    /// From the start of the request, including connecting, to the last byte of the response.
    case whole

    var name: String {
        switch self {
        case .nameLookup: "name lookup"
        case .connect: "connect"
        case .tls: "TLS"
        case .firstByte: "first byte"
        case .whole: "whole"
        }
    }
}
