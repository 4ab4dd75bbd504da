/// Why a process never requested an invocation.
package enum InitFailure<Payload> {
    /// The executable could not be started.
    case notStarted(String)
    /// The function reported an error to `/runtime/init/error`.
    case reported(Payload)
    case timedOut
    case exited(ExitStatus)
}
