package import NIOCore

/// The outcome of an invocation that was not rejected.
package struct InvocationResult: Sendable {
    package enum Status: Sendable, Equatable {
        /// The function responded; the payload is its response.
        case success
        /// The function reported an error; the payload describes it.
        case functionError
        /// The function was still running at its timeout and was killed, or its caller stopped waiting.
        case timedOut
        /// The function's process exited before it responded.
        case exited
        /// The function could not be started.
        case initFailed
    }

    package let status: Status
    /// The function's response, or `{"errorType": …, "errorMessage": …}`.
    package let payload: ByteBuffer
    package let requestID: String
}
