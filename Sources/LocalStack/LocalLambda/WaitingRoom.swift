import LoadShedding
package import NIOCore

/// How many invocations may wait for a process, and how many requests may be under way, over all functions.
///
/// The last one that waits is answered when all before it have been, so that a bound on their number bounds the time
/// that any of them waits, whether the functions are quick or slow (Little's law). One more is refused at once: it could
/// only be answered late, and would make all others late too.
package final class WaitingRoom {
    /// For invocations that wait for a process.
    package var waiting: Places
    /// For the gateway's requests that are on their way to a process, wait for it, or are being worked on.
    package var admitted: Places
    private var pace = RefusalPace()

    /// A room with nobody in it.
    package init(_ limits: LambdaLimits) {
        let own = limits.waitingOfOneFunction ?? limits.concurrency
        let shared = limits.waitingInvocations ?? max(64, 8 * limits.concurrency) - limits.concurrency
        waiting = Places(own: own, shared: shared)
        admitted = Places(own: own + limits.concurrency, shared: shared)
    }

    /// When the next refusal is to be made. Refusals are spread, see ``RefusalPace``.
    package func turnOfRefusal(_ now: NIODeadline = .now(), endsConnection: Bool = false) -> NIODeadline {
        pace.turn(now, endsConnection: endsConnection)
    }

    /// Refuses an invocation that found no place, at once or when its turn has come.
    func refuse(_ invocation: Invocation, on loop: any EventLoop) {
        let turn = turnOfRefusal()
        guard turn > .now() else { return invocation.refuse(.tooManyRequests) }
        // Only the promise is kept, not the payload.
        let promise = invocation.promise
        loop.assumeIsolated().scheduleTask(deadline: turn) { promise.fail(InvocationRejection.tooManyRequests) }
    }
}

/// A number of places for which several functions compete.
///
/// The functions share most places, since they share the processors. A few are each function's own, so that a flood of
/// one does not shut out the others.
package struct Places {
    /// Of each function.
    let own: Int
    let shared: Int
    private var sharedTaken = 0

    /// Places that nobody has taken.
    package init(own: Int, shared: Int) {
        self.own = own
        self.shared = shared
    }

    /// Whether there is a place for one more of a function that has taken `count` already.
    func hasPlace(besides count: Int) -> Bool { count < own || sharedTaken < shared }

    /// Takes a place for one more of a function that has taken `count` already. Returns whether there was one.
    package mutating func enter(besides count: Int) -> Bool {
        guard hasPlace(besides: count) else { return false }
        if count >= own { sharedTaken += 1 }
        return true
    }

    /// Gives a place back, after which the function still has `count`.
    package mutating func leave(_ count: Int) {
        if count >= own { sharedTaken -= 1 }
    }
}
