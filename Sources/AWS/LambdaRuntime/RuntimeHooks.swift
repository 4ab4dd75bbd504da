import Time

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What ``InvocationLoop`` needs from the process, so that tests can replace it.
package struct RuntimeHooks: Sendable {
    /// Called when an invocation was received.
    package let begin: @Sendable (Invocation) -> Void
    /// Called after its outcome was sent.
    package let end: @Sendable () -> Void
    /// The wall clock: milliseconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        begin: @escaping @Sendable (Invocation) -> Void,
        end: @escaping @Sendable () -> Void,
        now: @escaping @Sendable () -> Int64
    ) {
        self.begin = begin
        self.end = end
        self.now = now
    }

    /// Sets the environment variable from which X-Ray's libraries read the trace id, and makes SIGTERM wait for the
    /// current invocation.
    package static let process = RuntimeHooks(
        begin: { invocation in
            GracefulShutdown.beginInvocation()
            if let traceID = invocation.traceID {
                setenv("_X_AMZN_TRACE_ID", traceID, 1)
            } else {
                unsetenv("_X_AMZN_TRACE_ID")
            }
        },
        end: { GracefulShutdown.endInvocation() },
        now: WallClock.milliseconds
    )
}
