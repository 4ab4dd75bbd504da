/// How a process ended its work on an invocation.
package struct InvocationCompletion<Invocation: PoolInvocation>: Sendable {
    package enum Outcome: Sendable {
        case success(Invocation.Payload)
        /// The function reported an error of that type.
        case functionError(type: String, Invocation.Payload)
        case responseTooLarge
        case timedOut
        /// The process exited before it responded.
        case exited(ExitStatus)
    }

    package let invocation: Invocation
    package let outcome: Outcome
    /// The time since the invocation was delivered.
    package let duration: Duration
    /// How long the process took to start; nil unless this is its first invocation.
    package let initDuration: Duration?
}
