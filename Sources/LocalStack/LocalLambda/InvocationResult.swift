public import NIOCore

/// How an invocation ended.
public struct InvocationResult: Sendable {
    /// What became of the invocation.
    public enum Status: Sendable, Equatable {
        /// The function replied; the payload is its reply.
        case success
        /// The function reported an error; the payload describes it.
        case functionError
        /// The function was still running at its timeout and was killed.
        case timedOut
        /// The function's process ended in the middle of the invocation.
        case exited
        /// The function could not be started.
        case initFailed
    }

    /// What became of the invocation.
    public let status: Status
    /// The function's reply, or `{"errorType": …, "errorMessage": …}`.
    public let payload: ByteBuffer
    /// The invocation's request id.
    public let requestID: String
}

/// Why an invocation was not even tried.
public enum InvocationRejection: Error, Sendable, Equatable {
    /// There is no function of that name.
    case unknownFunction
    /// All processes are busy and too many invocations wait already, or this one has waited too long.
    case tooManyRequests
    /// The payload is larger than ``LambdaLimits/payloadSize``.
    case payloadTooLarge
    /// Lambda is being shut down.
    case shuttingDown
}
