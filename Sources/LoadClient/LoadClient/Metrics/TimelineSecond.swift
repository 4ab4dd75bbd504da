import Histogram

/// The measurements of all workers in one second.
package struct TimelineSecond: Sendable, Equatable {
    /// The index of the second in the measured time, from 0; negative during the warm-up.
    package let second: Int
    /// The number of requests that were sent.
    package let sent: Int
    /// The number of requests that ended.
    package let done: Int
    /// The number of requests that ended in an error.
    let errors: Int
    /// The median latency of the requests that ended, to two significant digits; 0 if there are none.
    package let p50: Nanoseconds
    let p99: Nanoseconds
    let max: Nanoseconds

    init(_ second: Int, _ recorder: IntervalRecorder) {
        let isEmpty = recorder.times.totalCount == 0
        self.second = second
        sent = recorder.sent
        done = recorder.done
        errors = recorder.errors
        p50 = isEmpty ? 0 : recorder.times.valueAtPercentile(50)
        p99 = isEmpty ? 0 : recorder.times.valueAtPercentile(99)
        max = recorder.times.maxRecorded
    }
}
