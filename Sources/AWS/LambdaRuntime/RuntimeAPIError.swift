package import HTTPConnection

/// Why a request to the Runtime API failed.
package enum RuntimeAPIError: Error, Equatable, Sendable {
    /// Could not connect, or the connection was lost.
    case connection(HTTPConnectionError)
    /// The process must exit: a 5xx, which means that the environment cannot recover, or a status that a correct runtime
    /// never receives.
    case unexpectedStatus(Int)
    /// An outcome or an init error was rejected, for example as too large (413). The next invocation may succeed.
    case outcomeRejected(status: Int)
    /// An invocation lacks a header that every invocation has.
    case missingHeader(String)
    case malformedHeader(String)
}

extension RuntimeAPIError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connection(let error): "The connection to the Lambda Runtime API failed: \(error)."
        case .unexpectedStatus(let status): "The Lambda Runtime API responded with status \(status)."
        case .outcomeRejected(let status):
            "The Lambda Runtime API rejected the outcome of an invocation with status \(status)."
        case .missingHeader(let name): "The Lambda Runtime API sent an invocation without the header \(name)."
        case .malformedHeader(let name): "The Lambda Runtime API sent an invocation with a malformed header \(name)."
        }
    }
}
