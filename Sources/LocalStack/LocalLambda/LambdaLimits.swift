/// The limits and timeouts of the local Lambda.
package struct LambdaLimits: Sendable {
    /// The maximum number of processes of one function.
    package var concurrency = 8
    /// How long a process may be idle before it is stopped. The function's last one is kept.
    package var idleTimeout = Duration.seconds(5)
    /// The time in which a new process must request its first invocation.
    package var initTimeout = Duration.seconds(10)
    /// An invocation that would wait this long or longer for a process is rejected at once; see ``AdmissionControl``.
    package var maximumExpectedWait = Duration.seconds(1)
    /// The maximum size in bytes of all payloads that are queued for one function.
    package var maximumQueuedBytes = 64 << 20
    /// The time after which a queued invocation is rejected.
    package var queueTimeout = Duration.seconds(5)
    /// The time in which a process whose connection has closed must request an invocation on a new one.
    package var reconnectTimeout = Duration.seconds(1)
    /// The time in which a process must exit after SIGTERM.
    package var stopTimeout = Duration.seconds(1)

    package init() {}

    /// The maximum size of an invocation's payload in bytes ("Lambda quotas").
    package static let maximumPayloadSize = 6_291_456
    /// The maximum size of a function's response in bytes: 100 more than a payload, as in Lambda.
    package static let maximumResponseSize = 6_291_556
}
