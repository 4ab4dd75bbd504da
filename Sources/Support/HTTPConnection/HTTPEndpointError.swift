/// The reason why a text is not an ``HTTPEndpoint``. The text itself, which may contain a password, is not part of it.
package enum HTTPEndpointError: Error, Equatable, Sendable {
    case missingScheme
    case unsupportedScheme
    case invalidHost
    case invalidPort
    /// There is a user, a path, a query or a fragment.
    case notOnlyHostAndPort
}

extension HTTPEndpointError: CustomStringConvertible {
    /// A predicate, to follow the name of the setting.
    package var description: String {
        switch self {
        case .missingScheme: "must start with http:// or https://"
        case .unsupportedScheme: "must have the scheme http or https"
        case .invalidHost: "has no valid host"
        case .invalidPort: "has no valid port (1 to 65535)"
        case .notOnlyHostAndPort: "must consist of scheme, host and port only"
        }
    }
}
