import LoadShedding
package import NIOCore

/// Limits how many invocations may wait for a process, and how many requests may be under way, over all functions.
///
/// A limit on the number of those that wait limits the time that each waits, whether the functions are fast or slow
/// (Little's law). One more is rejected at once: its response would be late, and would delay all others.
package final class WaitingRoom {
    /// For invocations that wait for a process.
    package var waiting: Places
    /// For the gateway's requests that are on their way to a process, wait for it, or are being handled.
    package var admitted: Places
    private var pace = RefusalPace()

    package init(_ limits: LambdaLimits) {
        let own = limits.waitingOfOneFunction ?? limits.concurrency
        let shared = limits.waitingInvocations ?? max(64, 8 * limits.concurrency) - limits.concurrency
        waiting = Places(own: own, shared: shared)
        admitted = Places(own: own + limits.concurrency, shared: shared)
    }

    /// When the next rejection is due. Rejections are paced, see ``RefusalPace``.
    package func turnOfRefusal(_ now: NIODeadline = .now(), endsConnection: Bool = false) -> NIODeadline {
        pace.turn(now, endsConnection: endsConnection)
    }

    /// Rejects an invocation at the next scheduled time.
    func reject(_ invocation: Invocation, on loop: any EventLoop) {
        let turn = turnOfRefusal()
        guard turn > .now() else { return invocation.reject(.tooManyRequests) }
        // Keeps only the promise, not the payload.
        let promise = invocation.promise
        loop.assumeIsolated().scheduleTask(deadline: turn) { promise.fail(InvocationRejection.tooManyRequests) }
    }
}
