import LocalLambda
import NIOCore
import Testing

@Suite
struct AdmissionControlTests {
    private static func wait(
        _ queued: Int, ages: [Double] = [0], unused: Int = 0, serviceTimes: [Double] = [0.1]
    ) -> Double {
        var admission = AdmissionControl()
        for time in serviceTimes { admission.record(.seconds(time)) }
        let wait = admission.expectedWait(queued: queued, ages: ages.map { .seconds($0) }, unused: unused)
        return (wait / .milliseconds(1)).rounded()
    }

    @Test(arguments: [
        // One process, 100 ms each.
        (0, [0], 0, 100), (9, [0], 0, 1_000),
        // Four processes, of which some must still be started.
        (9, [0, 0, 0, 0], 0, 250), (9, [0], 3, 250), (9, [], 4, 250),
        // A process that takes much longer than usual counts for less, and the others as before.
        (9, [0.9], 0, 1_000), (9, [1], 0, 10_000), (9, [0, 1_000], 0, 1_000),
        // No process exists, and none may be started.
        (9, [], 0, 0),
    ])
    func `the expected wait is the queue divided by the rate of the processes`(
        queued: Int, ages: [Double], unused: Int, milliseconds: Double
    ) {
        #expect(Self.wait(queued, ages: ages, unused: unused) == milliseconds)
    }

    @Test
    func `before the first service time only a process that has been busy for long makes invocations wait`() {
        #expect(Self.wait(100, serviceTimes: []) == 0)
        #expect(Self.wait(100, ages: [], unused: 1, serviceTimes: []) == 0)
        #expect(Self.wait(9, ages: [2], serviceTimes: []) == 20_000)
    }

    @Test
    func `the expected wait follows the recent service times`() {
        let many = Array(repeating: 0.1, count: 100)
        #expect(Self.wait(0, serviceTimes: many + Array(repeating: 0.9, count: 8)) < 200)
        #expect(Self.wait(0, serviceTimes: many + Array(repeating: 0.9, count: 1_000)) == 900)
    }

    @Test
    func `a burst is rejected at once, and then one request per interval, with a limited delay`() {
        var schedule = RejectionSchedule()
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        for _ in 0..<RejectionSchedule.burst { #expect(schedule.next(at: now) == now) }
        #expect(schedule.next(at: now) == now + RejectionSchedule.interval)
        #expect(schedule.next(at: now) == now + RejectionSchedule.interval * 2)
        for _ in 0..<10_000 { _ = schedule.next(at: now) }
        #expect(schedule.next(at: now) == now + RejectionSchedule.maximumDelay)
        let later = now + .seconds(2)
        #expect(schedule.next(at: later) == later)
    }
}
