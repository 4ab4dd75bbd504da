/// Estimates how long an invocation will wait for a process, so that one that would wait too long is rejected at once
/// rather than queued, where it would delay all others.
///
/// A process completes one invocation per service time, or fewer if its current one takes much longer. The expected
/// wait is the length of the queue divided by the rate of all processes together (Little's law), so that one limit on
/// the wait suits fast and slow functions.
package struct AdmissionControl {
    /// The weight of a new sample in the moving average: small, so that one pause of all processes hardly changes it.
    private static let weight = 1 / 64.0
    /// The time in seconds after which a busy process counts as slower than usual.
    private static let slowThreshold = 1.0

    /// The exponentially weighted moving average of the service times, in seconds; nil before the first.
    private var serviceTime: Double?

    package init() {}

    /// Records the time from the delivery of an invocation until its process was ready for the next one.
    package mutating func record(_ time: Duration) {
        let sample = time / .seconds(1)
        serviceTime = serviceTime.map { $0 + (sample - $0) * Self.weight } ?? sample
    }

    /// The time that one more invocation can expect to wait behind `queued` others, if the processes have been starting or
    /// busy for `ages`, and `unused` more may be started.
    package func expectedWait(queued: Int, ages: some Sequence<Duration>, unused: Int) -> Duration {
        let serviceTime = serviceTime ?? 0
        var rate = unused == 0 ? 0 : Double(unused) / serviceTime
        for age in ages.lazy.map({ $0 / .seconds(1) }) {
            rate += 1 / (age < Self.slowThreshold ? serviceTime : max(serviceTime, age))
        }
        return .seconds(rate == 0 ? 0 : Double(queued + 1) / rate)
    }
}
