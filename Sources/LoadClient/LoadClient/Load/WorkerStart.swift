import Glibc
import Synchronization

/// Makes the workers of a run start at the same time, once all have allocated their memory.
final class WorkerStart: Sendable {
    private struct State {
        var ready = 0
        var start: (time: Nanoseconds, schedule: ArrivalSchedule?)?
    }

    /// Long enough for all workers to notice that the last one is ready.
    private static let delay: Nanoseconds = 20_000_000

    private let plan: LoadPlan
    private let state = Mutex(State())

    init(_ plan: LoadPlan) { self.plan = plan }

    /// Waits until all workers have called this method, and returns at the start with its time and the arrivals from then on.
    func wait() -> (time: Nanoseconds, schedule: ArrivalSchedule?) {
        state.withLock { $0.ready += 1 }
        while state.withLock({ $0.ready < plan.threads }) { usleep(200) }
        let start = state.withLock { state in
            if let start = state.start { return start }
            let time = SystemClock().now() + Self.delay
            let start = (time: time, schedule: plan.arrivals(from: time).map(ArrivalSchedule.init))
            state.start = start
            return start
        }
        let now = SystemClock().now()
        if start.time > now { usleep(UInt32((start.time - now) / 1000)) }
        return start
    }
}
