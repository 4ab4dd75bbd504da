/// Why an invocation was rejected: its function never received it.
package enum InvocationRejection: Error, Sendable, Equatable {
    /// No function has that name.
    case unknownFunction
    /// All processes are busy, and the invocation would wait too long or has waited too long, or the queued payloads are
    /// too large.
    case tooManyRequests
    /// The payload is larger than ``LambdaLimits/maximumPayloadSize``.
    case payloadTooLarge
    /// The local Lambda is shutting down.
    case shuttingDown
}
