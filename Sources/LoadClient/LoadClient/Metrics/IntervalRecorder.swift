import Histogram

/// The measurements of one worker in one second.
struct IntervalRecorder: Sendable {
    var sent = 0
    /// All requests that ended.
    var done = 0
    /// Responses with the status 429 or 503.
    var rejected = 0
    /// Other errors.
    var failed = 0
    var maxInFlight = 0
    /// The number of overdue requests at the end of the second, of all workers.
    var backlog = 0
    /// The latency of the successful requests. Two significant digits, because a run of an hour creates 3,600 of these for
    /// each worker.
    var times = Histogram<UInt32>(durationsWithDigits: .two)

    mutating func record(_ time: Nanoseconds, _ response: APIResponse) {
        done += 1
        if response.isSuccess {
            times.record(time)
        } else if response.isRejection {
            rejected += 1
        } else {
            failed += 1
        }
    }

    mutating func add(_ other: IntervalRecorder) {
        sent += other.sent
        done += other.done
        rejected += other.rejected
        failed += other.failed
        maxInFlight += other.maxInFlight
        backlog = Swift.max(backlog, other.backlog)
        times.add(other.times)
    }
}
