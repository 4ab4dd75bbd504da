/// Why a string is not an ``Endpoint``.
package enum EndpointError: Error, CustomStringConvertible {
    case malformed(String)
    /// The URL does not have the scheme `http` or `https`, or has no host.
    case notHTTP(String)
    /// The URL has a query or a fragment.
    case hasQuery(String)

    package var description: String {
        switch self {
        case .malformed(let text), .notHTTP(let text):
            "'\(text)' is not an endpoint; expected a URL such as http://127.0.0.1:8080"
        case .hasQuery(let text):
            "'\(text)' is not an endpoint; it must not have a query or a fragment"
        }
    }
}
