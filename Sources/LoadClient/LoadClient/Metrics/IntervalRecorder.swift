import Histogram

/// The measurements of one worker in one second.
struct IntervalRecorder: Sendable {
    var sent = 0
    var done = 0
    var errors = 0
    // Two significant digits, because a run of an hour creates 3,600 of these for each worker.
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
