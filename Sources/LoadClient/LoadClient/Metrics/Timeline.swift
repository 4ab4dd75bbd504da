import Synchronization

/// Merges the measurements of all workers second by second, and reports each second once all have delivered it.
package final class Timeline: Sendable {
    private struct State {
        var open: [Int: (workers: Int, recorder: IntervalRecorder)] = [:]
        var seconds: [TimelineSecond] = []
        var unsent: [Int: Int] = [:]
    }

    private let state = Mutex(State())
    private let workers: Int
    private let onSecond: @Sendable (TimelineSecond) -> Void

    /// - Parameter onSecond: Called on a worker's thread with each complete second.
    package init(workers: Int, onSecond: @escaping @Sendable (TimelineSecond) -> Void = { _ in }) {
        self.workers = workers
        self.onSecond = onSecond
    }

    /// The complete seconds, in order.
    package var seconds: [TimelineSecond] {
        state.withLock { state in
            let seconds = state.seconds.map { second in
                var second = second
                second.unsent = state.unsent[second.second] ?? 0
                return second
            }
            return seconds.sorted { $0.second < $1.second }
        }
    }

    func deliver(_ recorder: IntervalRecorder, of second: Int) {
        let complete: TimelineSecond? = state.withLock { state in
            var entry = state.open[second] ?? (0, IntervalRecorder())
            entry.workers += 1
            entry.recorder.add(recorder)
            guard entry.workers == workers else {
                state.open[second] = entry
                return nil
            }
            state.open[second] = nil
            let complete = TimelineSecond(second, entry.recorder)
            state.seconds.append(complete)
            return complete
        }
        if let complete { onSecond(complete) }
    }

    /// Adds requests that were due and never sent, by second.
    func addUnsent(_ counts: [Int: Int]) {
        state.withLock { $0.unsent.merge(counts, uniquingKeysWith: +) }
    }

    /// Completes the seconds that only some of the workers have delivered. Must be called after the last delivery.
    func finish() {
        let completed = state.withLock { state in
            let rest = state.open.sorted { $0.key < $1.key }.map { TimelineSecond($0.key, $0.value.recorder) }
            state.open = [:]
            state.seconds += rest
            return rest
        }
        completed.forEach(onSecond)
    }
}
