/// The limits and timeouts of the local Lambda.
package struct LambdaLimits: Sendable {
    /// The maximum number of processes of one function.
    package var concurrency = 8
    /// A process that has been idle for so long is stopped, unless it is the function's last one.
    package var idleTimeout = Duration.seconds(5)
    /// The time in which a new process must request its first invocation.
    package var initTimeout = Duration.seconds(10)
    /// An invocation is rejected at once if it can expect to wait as long for a process; see ``AdmissionControl``.
    package var maximumExpectedWait = Duration.seconds(1)
    /// The maximum size in bytes of all payloads that wait for one function.
    package var waitingBytes = 64 << 20
    /// An invocation that has waited so long for a process is rejected.
    package var waitingTime = Duration.seconds(5)
    /// The time in which a process must request an invocation again when the connection on which it waited has closed.
    package var reconnectTimeout = Duration.seconds(1)
    /// The time in which a process must exit after SIGTERM.
    package var stopTimeout = Duration.seconds(1)

    package init() {}

    /// The maximum size of an invocation's payload in bytes ("Lambda quotas").
    package static let maximumPayloadSize = 6_291_456
    /// The maximum size of a function's response in bytes: 100 more than a payload, as in Lambda.
    package static let maximumResponseSize = 6_291_556
}
