/// Estimates how long an invocation will wait for a process, so that one that would wait too long is rejected at once: its
/// response would be late, and would delay all others.
///
/// A process completes one invocation per service time, or fewer if its current one takes much longer. The expected wait is the
/// length of the queue divided by the rate of all processes together (Little's law), so that the limit holds whether the
/// functions are fast or slow.
package struct AdmissionControl {
    /// The weight of the last service time in the average: small enough that a pause of all processes does not count.
    private static let weight = 1 / 64.0
    /// A process that has been busy for this time, in seconds, counts as slower than usual.
    private static let patience = 1.0

    /// The average of the recent service times, in seconds; nil before the first.
    private var serviceTime: Double?

    package init() {}

    /// Records the time from the delivery of an invocation until its process was ready for the next one.
    package mutating func record(_ time: Duration) {
        let sample = time / .seconds(1)
        serviceTime = serviceTime.map { $0 + (sample - $0) * Self.weight } ?? sample
    }

    /// The time that one more invocation can expect to wait.
    ///
    /// - Parameters:
    ///   - queued: The number of invocations that wait.
    ///   - ages: For how long each process has been starting or busy.
    ///   - unused: The number of processes that may still be started.
    package func expectedWait(queued: Int, ages: some Sequence<Duration>, unused: Int) -> Duration {
        let serviceTime = serviceTime ?? 0
        var rate = unused == 0 ? 0 : Double(unused) / serviceTime
        for age in ages.lazy.map({ $0 / .seconds(1) }) {
            rate += 1 / (age < Self.patience ? serviceTime : max(serviceTime, age))
        }
        return .seconds(rate == 0 ? 0 : Double(queued + 1) / rate)
    }
}
