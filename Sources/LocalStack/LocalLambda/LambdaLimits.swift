/// The limits and timeouts of the local Lambda.
package struct LambdaLimits: Sendable {
    /// The maximum number of processes of one function.
    package var concurrency = 8
    /// A process that has been idle for so long is stopped, unless it is the function's last one.
    package var idleTimeout = Duration.seconds(5)
    /// The time in which a new process must request its first invocation.
    package var initTimeout = Duration.seconds(10)
    /// Invocations that may wait for a process of any function, besides ``waitingOfOneFunction``; so many requests may be
    /// under way, and one more for each process. By default, eight times ``concurrency`` invocations of one function can
    /// wait, but at least 64: as many as a usual load test has clients.
    package var waitingInvocations: Int?
    /// Invocations of each function that may wait however many of others do. By default, ``concurrency``.
    package var waitingOfOneFunction: Int?
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
