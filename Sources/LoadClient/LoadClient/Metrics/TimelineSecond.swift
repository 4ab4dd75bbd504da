import Histogram

/// The measurements of all workers in one second.
package struct TimelineSecond: Sendable, Equatable {
    /// The index of the second in the measured time, from 0; negative during the warm-up.
    package let second: Int
    package let sent: Int
    /// The number of requests that ended.
    package let done: Int
    /// The number of responses with the status 429 or 503.
    package let rejected: Int
    /// The number of requests that failed otherwise.
    package let failed: Int
    /// The sum of the workers' highest numbers of requests in flight.
    package let inFlight: Int
    /// The number of overdue requests at the end of the second.
    package let backlog: Int
    /// The number of requests that were due in this second and never sent.
    package var unsent = 0
    /// The median latency of the successful requests, to two significant digits; 0 if there are none.
    package let p50: Nanoseconds
    package let p99: Nanoseconds
    package let max: Nanoseconds

    package var succeeded: Int { done - rejected - failed }
    var errors: Int { rejected + failed + unsent }

    init(_ second: Int, _ recorder: IntervalRecorder) {
        let isEmpty = recorder.times.totalCount == 0
        self.second = second
        sent = recorder.sent
        done = recorder.done
        rejected = recorder.rejected
        failed = recorder.failed
        inFlight = recorder.maxInFlight
        backlog = recorder.backlog
        p50 = isEmpty ? 0 : recorder.times.valueAtPercentile(50)
        p99 = isEmpty ? 0 : recorder.times.valueAtPercentile(99)
        max = recorder.times.maxRecorded
    }
}
