import Histogram
import Synchronization

/// One second of a run.
public struct TimelineSecond: Sendable, Equatable {
    /// Which second of the measured time, from 0; below 0 while warming up.
    public let second: Int
    /// Requests that were sent in it.
    public let sent: Int
    /// Requests that ended in it.
    public let done: Int
    /// Of those, the ones that ended in an error.
    public let errors: Int
    /// The median of the times of those that ended in it, to two significant digits; 0 when none did.
    public let p50: Nanoseconds
    /// What 99 % of those times do not exceed.
    public let p99: Nanoseconds
    /// The longest.
    public let max: Nanoseconds
}

/// What one worker counted in one second.
struct IntervalRecorder: Sendable {
    var sent = 0
    var done = 0
    var errors = 0
    // Two digits keep an hour of seconds cheap to make; the whole run has three.
    var times = Histogram<UInt32>(numberOfSignificantValueDigits: .two)

    mutating func record(_ time: Nanoseconds, isError: Bool) {
        done += 1
        if isError { errors += 1 }
        times.record(time)
    }

    mutating func add(_ other: IntervalRecorder) {
        sent += other.sent
        done += other.done
        errors += other.errors
        times.add(other.times)
    }
}

/// Puts the seconds of all workers together, and says when one is complete.
public final class Timeline: Sendable {
    private struct State {
        var open: [Int: (workers: Int, recorder: IntervalRecorder)] = [:]
        var seconds: [TimelineSecond] = []
    }

    private let state = Mutex(State())
    private let workers: Int
    private let onSecond: @Sendable (TimelineSecond) -> Void

    /// A timeline of so many workers that calls `onSecond`, on a worker's thread, when all have delivered a second.
    public init(workers: Int, onSecond: @escaping @Sendable (TimelineSecond) -> Void = { _ in }) {
        self.workers = workers
        self.onSecond = onSecond
    }

    /// The seconds that are complete, in order.
    public var seconds: [TimelineSecond] {
        state.withLock { $0.seconds.sorted { $0.second < $1.second } }
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

    /// Completes the seconds that some worker did not live to see. Nobody delivers any more.
    func finish() {
        let completed = state.withLock { state in
            let last = state.open.sorted { $0.key < $1.key }.map { TimelineSecond($0.key, $0.value.recorder) }
            state.open = [:]
            state.seconds += last
            return last
        }
        completed.forEach(onSecond)
    }
}

extension TimelineSecond {
    fileprivate init(_ second: Int, _ recorder: IntervalRecorder) {
        let isEmpty = recorder.times.totalCount == 0
        self.init(
            second: second,
            sent: recorder.sent,
            done: recorder.done,
            errors: recorder.errors,
            p50: isEmpty ? 0 : recorder.times.valueAtPercentile(50),
            p99: isEmpty ? 0 : recorder.times.valueAtPercentile(99),
            max: recorder.times.maxRecorded
        )
    }
}
