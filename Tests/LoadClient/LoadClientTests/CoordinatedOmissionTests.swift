import LoadClient
import Testing

struct CoordinatedOmissionTests {
    /// Responses take 1 ms, but the server stalls in the last second of every ten.
    private static func stalling(from start: Nanoseconds) -> (Nanoseconds) -> Nanoseconds {
        { sentAt in
            let phase = (sentAt - start) % (10 * second)
            return phase < 9 * second ? sentAt + millisecond : sentAt - phase + 10 * second + millisecond
        }
    }

    @Test(arguments: [ArrivalProcess.poisson, .constant])
    func `a stall of one second in ten shows in the upper percentiles`(process: ArrivalProcess) {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 10, clock: clock, respondAt: Self.stalling(from: clock.now()))
        var plan = LoadPlan()
        plan.rate = 1000
        plan.arrivalProcess = process
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
        #expect(server.requests.count == times.count)
    }

    @Test
    func `a closed loop hides the stall`() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 10, clock: clock, respondAt: Self.stalling(from: clock.now()))
        var plan = LoadPlan()
        plan.duration = 20 * second
        plan.concurrency = 10
        var worker = LoadWorker(plan, server, clock)
        let (recorder, _) = worker.run()
        #expect(recorder.all.percentile(99) < 2 * millisecond)
        #expect(recorder.all.max > 990 * millisecond)
    }

    @Test
    func `requests that could not be sent are not part of the percentiles`() {
        let clock = SimulatedClock()
        let start = clock.now()
        // The server stops responding after a second.
        let server = SimulatedServer(slots: 4, clock: clock) {
            $0 < start + second ? $0 + millisecond : start + 100 * second
        }
        var plan = LoadPlan()
        plan.rate = 100
        plan.arrivalProcess = .constant
        plan.duration = 2 * second
        plan.concurrency = 4
        plan.drainTime = second
        var worker = LoadWorker(
            plan,
            server,
            clock,
            shouldStop: {
                clock.now() > start + 10 * second
            }
        )
        let (recorder, _) = worker.run()
        #expect(recorder.requests.reduce(0, +) == 200)
        #expect(recorder.failures == [.notSent: 96, .unfinished: 4])
        #expect(recorder.all.count == 100)
        #expect(recorder.all.max == millisecond)
        #expect(recorder.unsent.count == 96)
        // The first of them was due after 1.04 s, and the run was stopped after 10 s.
        #expect(recorder.unsent.max > 8 * second)
    }

    @Test
    func `requests of the warm-up that could not be sent are not counted`() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 4, clock: clock) { $0 + 100 * second }
        var plan = LoadPlan()
        plan.rate = 100
        plan.arrivalProcess = .constant
        plan.warmup = second
        plan.duration = second
        plan.concurrency = 4
        plan.drainTime = second
        let end = clock.now() + 4 * second
        var worker = LoadWorker(plan, server, clock, shouldStop: { clock.now() > end })
        let (recorder, _) = worker.run()
        #expect(recorder.failures == [.notSent: 100])
    }

    @Test
    func `a rate that cannot be reached is reported`() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 1, clock: clock) { $0 + 10 * millisecond }
        var plan = LoadPlan()
        plan.rate = 1000
        plan.arrivalProcess = .constant
        plan.duration = 5 * second
        plan.concurrency = 1
        var worker = LoadWorker(plan, server, clock)
        let (recorder, measured) = worker.run()
        func report(maxThreadUtilization: Double) -> LoadReport {
            LoadReport(
                endpoint: "http://127.0.0.1/",
                plan: plan,
                recorder: recorder,
                measured: measured,
                seconds: [],
                maxThreadUtilization: maxThreadUtilization,
                isInterrupted: false
            )
        }
        #expect(
            report(maxThreadUtilization: 1).shortfall?.hasPrefix(
                "target 1000/s, sent 100/s: limited by this client or the network"
            ) == true
        )
        #expect(
            report(maxThreadUtilization: 0.2).shortfall?.hasPrefix("target 1000/s, sent 100/s: limited by the server")
                == true)
        #expect(report(maxThreadUtilization: 1).text.contains("target 1000/s, sent 100/s"))
    }
}
