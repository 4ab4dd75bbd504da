import LoadClient
import Testing

@Suite struct CoordinatedOmissionTests {
    /// Replies take 1 ms, but the server stalls in the last second of every ten.
    private static func stalling(from start: Nanoseconds) -> (Nanoseconds) -> Nanoseconds {
        { sentAt in
            let phase = (sentAt - start) % (10 * second)
            return phase < 9 * second ? sentAt + millisecond : sentAt - phase + 10 * second + millisecond
        }
    }

    @Test(arguments: [ArrivalProcess.poisson, .constant])
    func aServerThatStallsOneSecondInTenShowsInTheUpperPercentiles(pacing: ArrivalProcess) {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 10, clock: clock, replyAt: Self.stalling(from: clock.now()))
        var plan = LoadPlan()
        plan.rate = 1000
        plan.pacing = pacing
        plan.duration = 20 * second
        plan.concurrency = 10
        var worker = LoadWorker(plan, server, clock)
        let (recorder, measured) = worker.run()

        let times = recorder.all
        #expect(measured == 20 * second)
        #expect(times.count == recorder.requests.reduce(0, +))
        #expect(times.percentile(50) < 2 * millisecond)
        #expect(times.percentile(99) > 500 * millisecond)
        #expect(times.percentile(99) < 1000 * millisecond)
        #expect(times.max > 990 * millisecond)
        // Only the ten that held the connections when it stalled, twice, were slow by the connections' own account.
        #expect(server.requests.count == times.count)
    }

    @Test func aClosedLoopWouldHaveHiddenTheStall() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 10, clock: clock, replyAt: Self.stalling(from: clock.now()))
        var plan = LoadPlan()
        plan.duration = 20 * second
        plan.concurrency = 10
        var worker = LoadWorker(plan, server, clock)
        let (recorder, _) = worker.run()
        #expect(recorder.all.percentile(99) < 2 * millisecond)
        #expect(recorder.all.max > 990 * millisecond)
    }

    @Test func requestsThatCouldNotBeSentByTheEndCountWithTheTimeTheyWaited() {
        let clock = SimulatedClock()
        let start = clock.now()
        // It stops answering for good after a second.
        let server = SimulatedServer(slots: 4, clock: clock) {
            $0 < start + second ? $0 + millisecond : start + 100 * second
        }
        var plan = LoadPlan()
        plan.rate = 100
        plan.pacing = .constant
        plan.duration = 2 * second
        plan.concurrency = 4
        plan.drainTime = second
        var asked = false
        var worker = LoadWorker(
            plan,
            server,
            clock,
            shouldStop: {
                asked = asked || clock.now() > start + 10 * second
                return asked
            }
        )
        let (recorder, _) = worker.run()
        #expect(recorder.requests.reduce(0, +) == 200)
        #expect(recorder.failures == [.notSent: 96, .unfinished: 4])
        #expect(recorder.all.count == 200)
        #expect(recorder.all.percentile(99) > 9 * second)
    }

    @Test func aRateThatCannotBeReachedIsSaidPlainly() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 1, clock: clock) { $0 + 10 * millisecond }
        var plan = LoadPlan()
        plan.rate = 1000
        plan.pacing = .constant
        plan.duration = 5 * second
        plan.concurrency = 1
        var worker = LoadWorker(plan, server, clock)
        let (recorder, measured) = worker.run()
        func report(busiestThread: Double) -> LoadReport {
            LoadReport(
                endpoint: "http://127.0.0.1/",
                plan: plan,
                recorder: recorder,
                measured: measured,
                seconds: [],
                busiestThread: busiestThread,
                isInterrupted: false
            )
        }
        #expect(
            report(busiestThread: 1).shortfall?.hasPrefix(
                "asked 1000/s, sent 100/s: this client or the network is the limit"
            ) == true
        )
        #expect(report(busiestThread: 0.2).shortfall?.hasPrefix("asked 1000/s, sent 100/s: the server") == true)
        #expect(report(busiestThread: 1).text.contains("asked 1000/s, sent 100/s"))
    }
}
