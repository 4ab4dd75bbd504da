/// Why an event is not an HTTP request from API Gateway.
package enum ProxyEventError: Error, Equatable, Sendable {
    /// The event is not JSON, or a member has the wrong type. The text says which problem, and at which byte.
    case malformed(String)
    /// The event has neither `requestContext.http.method` (format 2.0) nor `httpMethod` (format 1.0).
    case noMethod
    /// `isBase64Encoded` is true, but the body is not Base64 (RFC 4648, section 4).
    case bodyIsNotBase64
}

extension ProxyEventError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let problem): "The event is not a proxy event of API Gateway: \(problem)."
        case .noMethod:
            "The event is not a proxy event of API Gateway: it has neither requestContext.http.method nor httpMethod."
        case .bodyIsNotBase64: "The event has isBase64Encoded true, but its body is not Base64."
        }
    }
}
