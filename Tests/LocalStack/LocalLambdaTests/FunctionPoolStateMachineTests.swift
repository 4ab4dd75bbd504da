import LocalLambda
import Testing

@Suite
struct FunctionPoolStateMachineTests {
    typealias Pool = FunctionPoolStateMachine<TestInvocation>

    static func makePool(_ change: (inout LambdaLimits) -> Void = { _ in }) -> Pool {
        var limits = LambdaLimits()
        limits.concurrency = 3
        limits.idleTimeout = .seconds(5)
        limits.queueTimeout = .seconds(2)
        limits.maximumExpectedWait = .seconds(100)
        change(&limits)
        return Pool(limits: limits)
    }

    /// A pool whose processes 1…`count` are busy with invocations 1…`count`.
    static func makeBusyPool(_ count: Int = 1, _ change: (inout LambdaLimits) -> Void = { _ in }) -> Pool {
        var pool = makePool(change)
        for id in 1...count { _ = pool.invoke(invocation(id), at: TestClock.start) }
        for id in 1...count { _ = pool.processDidBecomeIdle(id, at: TestClock.start) }
        return pool
    }

    static func invocation(_ id: Int, size: Int = 0, arrival: Double = 0) -> TestInvocation {
        TestInvocation(id: "\(id)", size: size, arrival: TestClock.seconds(arrival))
    }

    /// The actions as short texts, which can be compared.
    static func texts(_ actions: [Pool.Action]) -> [String] {
        actions.map {
            switch $0 {
            case .startProcess(let id): "start \(id)"
            case .stopProcess(let id): "stop \(id)"
            case .deliver(let invocation, let id): "deliver \(invocation) to \(id)"
            case .reject(let invocation, let rejection): "reject \(invocation): \(rejection)"
            case .failInit(let invocation, let error): "fail \(invocation): \(error)"
            case .logInitFailure(let error, let attempt, let delay): "log \(error), attempt \(attempt), \(delay)"
            case .scheduleTimer(let timer, let delay): "schedule \(timer) after \(delay)"
            case .cancelTimer(let timer): "cancel \(timer)"
            case .completeWarmUp: "complete warm-up"
            case .completeShutDown: "complete shutdown"
            }
        }
    }

    // MARK: Warm-up

    @Test
    func `warm-up starts one process and completes when it is idle`() {
        var pool = Self.makePool()
        #expect(Self.texts(pool.warmUp(at: TestClock.start)) == ["start 1"])
        #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)) == ["complete warm-up"])
        #expect(pool.processCount == 1)
    }

    @Test
    func `warm-up completes when the process fails to start`() {
        var pool = Self.makePool()
        _ = pool.warmUp(at: TestClock.start)
        #expect(
            Self.texts(pool.processDidFailInit(1, "broken")) == [
                "complete warm-up", "log broken, attempt 1, 0.1 seconds", "schedule backoff after 0.1 seconds",
            ]
        )
    }

    @Test
    func `warm-up completes when the pool is shut down`() {
        var pool = Self.makePool()
        _ = pool.warmUp(at: TestClock.start)
        #expect(Self.texts(pool.shutDown()) == ["stop 1"])
        pool.processWillExit(1)
        #expect(Self.texts(pool.processDidExit(1, at: TestClock.start)) == ["complete shutdown", "complete warm-up"])
    }

    // MARK: Invocations

    @Test
    func `an invocation without a process starts one and is delivered when it is idle`() {
        var pool = Self.makePool()
        let actions = Self.texts(pool.invoke(Self.invocation(1), at: TestClock.start))
        #expect(actions == ["start 1", "schedule queue after 2.0 seconds"])
        #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)) == ["deliver 1 to 1"])
    }

    @Test
    func `the process that became idle last is used first`() {
        var pool = Self.makeBusyPool(3)
        for id in 1...3 {
            pool.processDidBecomeUnavailable(id, at: TestClock.start)
            _ = pool.processDidBecomeIdle(id, at: TestClock.start)
        }
        #expect(Self.texts(pool.invoke(Self.invocation(4), at: TestClock.start)) == ["deliver 4 to 3"])
        #expect(Self.texts(pool.invoke(Self.invocation(5), at: TestClock.start)) == ["deliver 5 to 2"])
    }

    @Test
    func `each invocation that no process can serve starts one, up to the limit`() {
        var pool = Self.makeBusyPool()
        #expect(Self.texts(pool.invoke(Self.invocation(2), at: TestClock.start)).first == "start 2")
        #expect(Self.texts(pool.invoke(Self.invocation(3), at: TestClock.start)).first == "start 3")
        #expect(Self.texts(pool.invoke(Self.invocation(4), at: TestClock.start)) == [])
        #expect(pool.processCount == 3)
    }

    @Test
    func `no process is started while another will request an invocation soon`() {
        var pool = Self.makeBusyPool()
        pool.processDidBecomeUnavailable(1, at: TestClock.start)
        #expect(Self.texts(pool.invoke(Self.invocation(2), at: TestClock.start)) == [])
        #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)) == ["deliver 2 to 1"])
    }

    @Test
    func `queued invocations are delivered in the order of their arrival`() {
        var pool = Self.makeBusyPool { $0.concurrency = 1 }
        for id in 2...4 { _ = pool.invoke(Self.invocation(id), at: TestClock.start) }
        for id in 2...4 {
            pool.processDidBecomeUnavailable(1, at: TestClock.start)
            #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)) == ["deliver \(id) to 1"])
        }
    }

    @Test
    func `the payloads of delivered invocations no longer count as queued`() {
        var pool = Self.makeBusyPool {
            $0.concurrency = 1
            $0.maximumQueuedBytes = 10
        }
        for id in 2...4 {
            #expect(
                Self.texts(pool.invoke(Self.invocation(id, size: 10), at: TestClock.start)).first?.hasPrefix("reject")
                    != true)
            pool.processDidBecomeUnavailable(1, at: TestClock.start)
            #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)).first == "deliver \(id) to 1")
        }
    }

    @Test
    func `a process that exits is replaced only if an invocation needs it`() {
        var pool = Self.makeBusyPool { $0.concurrency = 1 }
        _ = pool.invoke(Self.invocation(2), at: TestClock.start)
        #expect(Self.texts(pool.processDidExit(1, at: TestClock.start)) == ["start 2"])
        #expect(Self.texts(pool.processDidBecomeIdle(2, at: TestClock.start)) == ["deliver 2 to 2"])
        #expect(Self.texts(pool.processDidExit(2, at: TestClock.start)) == [])
        #expect(pool.processCount == 0)
    }

    @Test
    func `an idle process that loses its connection gets no invocation`() {
        var pool = Self.makePool { $0.concurrency = 1 }
        _ = pool.warmUp(at: TestClock.start)
        _ = pool.processDidBecomeIdle(1, at: TestClock.start)
        #expect(pool.hasIdleProcess)
        pool.processDidBecomeUnavailable(1, at: TestClock.start)
        #expect(!pool.hasIdleProcess)
        let actions = Self.texts(pool.invoke(Self.invocation(1), at: TestClock.start))
        #expect(actions == ["schedule queue after 2.0 seconds"])
    }

    // MARK: Rejections

    @Test
    func `an invocation that would wait too long is rejected`() {
        var pool = Self.makeBusyPool {
            $0.concurrency = 1
            $0.maximumExpectedWait = .seconds(1)
        }
        // The service time is 0.4 seconds.
        pool.processDidBecomeUnavailable(1, at: TestClock.seconds(0.3))
        _ = pool.processDidBecomeIdle(1, at: TestClock.seconds(0.4))
        let now = TestClock.seconds(0.4)
        for id in 2...4 {
            #expect(pool.admitsInvocation(at: now))
            #expect(!Self.texts(pool.invoke(Self.invocation(id), at: now)).contains { $0.hasPrefix("reject") })
        }
        #expect(!pool.admitsInvocation(at: now))
        #expect(Self.texts(pool.invoke(Self.invocation(5), at: now)) == ["reject 5: tooManyRequests"])
        pool.processDidBecomeUnavailable(1, at: now)
        _ = pool.processDidBecomeIdle(1, at: now)
        #expect(pool.admitsInvocation(at: now))
    }

    @Test
    func `invocations are rejected while a process takes much longer than usual`() {
        var pool = Self.makeBusyPool {
            $0.concurrency = 1
            $0.maximumExpectedWait = .seconds(1)
        }
        #expect(pool.admitsInvocation(at: TestClock.seconds(0.9)))
        #expect(!pool.admitsInvocation(at: TestClock.seconds(1)))
        // During shutdown an invocation fails at once, so it is admitted.
        _ = pool.shutDown()
        #expect(pool.admitsInvocation(at: TestClock.seconds(1)))
    }

    @Test
    func `an invocation is rejected when the queued payloads are too large`() {
        var pool = Self.makeBusyPool {
            $0.concurrency = 1
            $0.maximumQueuedBytes = 10
        }
        _ = pool.invoke(Self.invocation(2, size: 8), at: TestClock.start)
        let actions = Self.texts(pool.invoke(Self.invocation(3, size: 3), at: TestClock.start))
        #expect(actions == ["reject 3: tooManyRequests"])
        #expect(Self.texts(pool.invoke(Self.invocation(4, size: 2), at: TestClock.start)) == [])
    }

    @Test
    func `invocations that have waited too long are rejected, oldest first`() {
        var pool = Self.makeBusyPool { $0.concurrency = 1 }
        for (id, arrival) in [(2, 1), (3, 1.5), (4, 2.5)] {
            _ = pool.invoke(Self.invocation(id, arrival: arrival), at: TestClock.seconds(arrival))
        }
        // This timer was scheduled for the first invocation, which has been delivered since.
        #expect(
            Self.texts(pool.timerDidExpire(.queue, at: TestClock.seconds(2))) == ["schedule queue after 1.0 seconds"]
        )
        #expect(
            Self.texts(pool.timerDidExpire(.queue, at: TestClock.seconds(3.5))) == [
                "reject 2: tooManyRequests", "reject 3: tooManyRequests", "schedule queue after 1.0 seconds",
            ]
        )
        pool.processDidBecomeUnavailable(1, at: TestClock.start)
        #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.seconds(4))) == ["deliver 4 to 1"])
        #expect(Self.texts(pool.timerDidExpire(.queue, at: TestClock.seconds(4.5))) == [])
    }

    // MARK: Backoff

    @Test
    func `invocations fail while the function cannot be started`() {
        var pool = Self.makePool()
        _ = pool.invoke(Self.invocation(1), at: TestClock.start)
        #expect(
            Self.texts(pool.processDidFailInit(1, "broken")) == [
                "log broken, attempt 1, 0.1 seconds", "schedule backoff after 0.1 seconds", "fail 1: broken",
            ]
        )
        #expect(pool.failsFast)
        #expect(Self.texts(pool.invoke(Self.invocation(2), at: TestClock.start)) == ["fail 2: broken"])
        #expect(Self.texts(pool.timerDidExpire(.backoff, at: TestClock.start)) == [])
        #expect(!pool.failsFast)
        #expect(Self.texts(pool.invoke(Self.invocation(3), at: TestClock.start)).first == "start 2")
        #expect(Self.texts(pool.processDidFailInit(2, "broken")).first == "log broken, attempt 2, 0.2 seconds")
    }

    @Test
    func `queued invocations are not failed while another process can serve them`() {
        var pool = Self.makeBusyPool()
        _ = pool.invoke(Self.invocation(2), at: TestClock.start)
        #expect(
            Self.texts(pool.processDidFailInit(2, "broken")) == [
                "log broken, attempt 1, 0.1 seconds", "schedule backoff after 0.1 seconds",
            ]
        )
        #expect(!pool.failsFast)
        #expect(Self.texts(pool.invoke(Self.invocation(3), at: TestClock.start)) == [])
    }

    @Test
    func `a queued invocation gets a new process after the backoff if all others have exited`() {
        var pool = Self.makeBusyPool { $0.concurrency = 2 }
        _ = pool.invoke(Self.invocation(2), at: TestClock.start)
        _ = pool.processDidFailInit(2, "broken")
        #expect(Self.texts(pool.processDidExit(1, at: TestClock.start)) == [])
        #expect(Self.texts(pool.timerDidExpire(.backoff, at: TestClock.start)) == ["start 3"])
        #expect(Self.texts(pool.processDidBecomeIdle(3, at: TestClock.start)) == ["deliver 2 to 3"])
    }

    @Test
    func `a process that becomes idle ends the backoff`() {
        var pool = Self.makeBusyPool()
        _ = pool.invoke(Self.invocation(2), at: TestClock.start)
        _ = pool.invoke(Self.invocation(3), at: TestClock.start)
        _ = pool.processDidFailInit(2, "broken")
        #expect(
            Self.texts(pool.processDidBecomeIdle(3, at: TestClock.start)) == [
                "cancel backoff", "deliver 2 to 3", "start 4",
            ]
        )
    }

    // MARK: Idle processes

    @Test
    func `idle processes are stopped, longest idle first, except for the last one`() {
        var pool = Self.makeBusyPool(3)
        for id in 1...3 {
            pool.processDidBecomeUnavailable(id, at: TestClock.start)
            let actions = Self.texts(pool.processDidBecomeIdle(id, at: TestClock.seconds(Double(id))))
            #expect(actions == (id == 1 ? ["schedule idle after 5.0 seconds"] : []))
        }
        #expect(
            Self.texts(pool.timerDidExpire(.idle, at: TestClock.seconds(6))) == [
                "stop 1", "schedule idle after 1.0 seconds",
            ]
        )
        #expect(pool.processCount == 2)
        #expect(Self.texts(pool.timerDidExpire(.idle, at: TestClock.seconds(10))) == ["stop 2"])
        #expect(pool.processCount == 1)
        #expect(Self.texts(pool.invoke(Self.invocation(4), at: TestClock.seconds(10))) == ["deliver 4 to 3"])
    }

    @Test
    func `a process that has been used again is not stopped`() {
        var pool = Self.makeBusyPool(2)
        for id in 1...2 {
            pool.processDidBecomeUnavailable(id, at: TestClock.start)
            _ = pool.processDidBecomeIdle(id, at: TestClock.start)
        }
        for _ in 1...2 { _ = pool.invoke(Self.invocation(3), at: TestClock.seconds(4)) }
        #expect(Self.texts(pool.timerDidExpire(.idle, at: TestClock.seconds(5))) == [])
        #expect(
            Self.texts(pool.processDidBecomeIdle(1, at: TestClock.seconds(6))) == ["schedule idle after 5.0 seconds"]
        )
    }

    // MARK: Shutdown

    @Test
    func `shutdown rejects queued and new invocations, stops all processes and completes when they have exited`() {
        var pool = Self.makeBusyPool(2) { $0.concurrency = 2 }
        _ = pool.invoke(Self.invocation(3), at: TestClock.start)
        #expect(Self.texts(pool.shutDown()) == ["reject 3: shuttingDown", "cancel queue", "stop 1", "stop 2"])
        #expect(pool.failsFast)
        #expect(Self.texts(pool.invoke(Self.invocation(4), at: TestClock.start)) == ["reject 4: shuttingDown"])
        #expect(Self.texts(pool.processDidExit(1, at: TestClock.start)) == [])
        #expect(Self.texts(pool.processDidExit(2, at: TestClock.start)) == ["complete shutdown"])
    }

    @Test
    func `a process that becomes idle during shutdown is stopped`() {
        var pool = Self.makeBusyPool()
        _ = pool.shutDown()
        pool.processDidBecomeUnavailable(1, at: TestClock.start)
        #expect(Self.texts(pool.processDidBecomeIdle(1, at: TestClock.start)) == ["stop 1"])
    }

    @Test
    func `shutdown without processes completes at once`() {
        var pool = Self.makePool()
        #expect(Self.texts(pool.shutDown()) == ["complete shutdown"])
    }
}
