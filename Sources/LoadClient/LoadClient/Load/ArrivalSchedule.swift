import Synchronization

/// The arrivals of a run, which all workers share: any worker with a free connection claims the next one, so that no
/// request waits for a busy worker while another is idle.
package final class ArrivalSchedule: Sendable {
    private struct State {
        var arrivals: ArrivalTimes
        var claimed = 0
        /// The first arrival that is not due yet; later than `arrivals` if requests are overdue.
        var due: ArrivalTimes
        var dueCount = 0
    }

    private let state: Mutex<State>

    package init(_ arrivals: ArrivalTimes) {
        state = Mutex(State(arrivals: arrivals, due: arrivals))
    }

    /// Claims the next arrival before `end`; nil if there is none.
    package func claim(before end: Nanoseconds) -> Nanoseconds? {
        state.withLock { state in
            let due = state.arrivals.next
            guard due < end else { return nil }
            state.claimed += 1
            state.arrivals.advance()
            return due
        }
    }

    /// The number of arrivals before `time` that nobody has claimed.
    func backlog(at time: Nanoseconds) -> Int {
        state.withLock { state in
            while state.due.next < time {
                state.dueCount += 1
                state.due.advance()
            }
            return max(state.dueCount - state.claimed, 0)
        }
    }
}
