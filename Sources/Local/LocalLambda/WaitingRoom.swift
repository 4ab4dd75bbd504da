import LoadShedding
import NIOCore

/// How many invocations may wait for a process, over all functions.
///
/// The last one that waits is answered when all before it have been, so that a bound on their number bounds the time
/// that any of them waits, whether the functions are quick or slow (Little's law). One more is refused at once: it could
/// only be answered late, and would make all others late too.
///
/// The functions share most places, since they share the processors. A few are each function's own, so that a flood of
/// one does not shut out the others.
package final class WaitingRoom {
    private let ownPlaces: Int
    private let sharedPlaces: Int
    private var sharedTaken = 0
    private var pace = RefusalPace()

    /// A room with nobody in it.
    package init(_ limits: LambdaLimits) {
        ownPlaces = limits.waitingOfOneFunction ?? limits.concurrency
        sharedPlaces = limits.waitingInvocations ?? max(64, 8 * limits.concurrency) - limits.concurrency
    }

    /// Whether there is a place for one more invocation of a function of which `count` wait already.
    func hasPlace(besides count: Int) -> Bool { count < ownPlaces || sharedTaken < sharedPlaces }

    /// Takes a place for one more invocation of a function of which `count` wait already. Returns whether there was one.
    package func enter(besides count: Int) -> Bool {
        guard hasPlace(besides: count) else { return false }
        if count >= ownPlaces { sharedTaken += 1 }
        return true
    }

    /// Gives a place back, after which `count` invocations of the function still wait.
    package func leave(_ count: Int) {
        if count >= ownPlaces { sharedTaken -= 1 }
    }

    /// When the next refusal is to be made. Refusals are spread, see ``RefusalPace``.
    func turnOfRefusal() -> NIODeadline { pace.turn(.now()) }

    /// Refuses an invocation that found no place, at once or when its turn has come.
    func refuse(_ invocation: Invocation, on loop: any EventLoop) {
        let turn = turnOfRefusal()
        guard turn > .now() else { return invocation.refuse(.tooManyRequests) }
        // Only the promise is kept, not the payload.
        let promise = invocation.promise
        loop.assumeIsolated().scheduleTask(deadline: turn) { promise.fail(InvocationRefusal.tooManyRequests) }
    }
}
