import LoadClient
import Synchronization
import Testing

struct LoadWorkerTests {
    private static let fast: @Sendable (Nanoseconds) -> Nanoseconds = { $0 + millisecond }

    @Test
    func `constant pacing sends exactly at the rate`() {
        let clock = SimulatedClock()
        let start = clock.now()
        let server = SimulatedServer(slots: 8, clock: clock, respondAt: Self.fast)
        var plan = LoadPlan()
        plan.rate = 500
        plan.arrivalProcess = .constant
        plan.duration = 3 * second
        var worker = LoadWorker(plan, server, clock)
        let (recorder, measured) = worker.run()
        #expect(measured == 3 * second)
        #expect(recorder.sentInTime == 1500)
        #expect(server.requests.map(\.at) == (0..<1500).map { start + Nanoseconds($0) * 2 * millisecond })
        #expect(recorder.all.min == millisecond)
        #expect(recorder.all.max == millisecond)
    }

    @Test
    func `requests of the warm-up are sent but not counted`() {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 8, clock: clock, respondAt: Self.fast)
        let timeline = Timeline(workers: 1)
        var plan = LoadPlan()
        plan.rate = 100
        plan.arrivalProcess = .constant
        plan.warmup = 1500 * millisecond
        plan.duration = 2 * second
        var worker = LoadWorker(plan, server, clock, timeline: timeline)
        let (recorder, measured) = worker.run()
        #expect(server.requests.count == 350)
        #expect(recorder.requests.reduce(0, +) == 200)
        #expect(measured == 2 * second)
        #expect(timeline.seconds.map(\.second) == [-2, -1, 0, 1])
        #expect(timeline.seconds.map(\.sent) == [50, 100, 100, 100])
    }

    @Test
    func `each arrival is claimed once, in order, and only before the given end`() {
        let arrivals = ArrivalTimes(
            profile: RateProfile(constant: 300), process: .constant, start: 0, seed: 1)
        let schedule = ArrivalSchedule(arrivals)
        let due = (0..<30).map { _ in schedule.claim(before: second) }
        #expect(due == (0..<30).map { Nanoseconds((Double($0) * 1e9 / 300).rounded()) })
        #expect(schedule.claim(before: 100 * millisecond) == nil)
    }

    @Test(arguments: [false, true])
    func `likes and deletes target only existing haiku`(targetsAnyHaiku: Bool) throws {
        let clock = SimulatedClock()
        let known = try (0..<5).map { try #require(ItemID("read\($0)")) }
        var posted = 0
        var alive = targetsAnyHaiku ? Set(known) : []
        let list =
            #"[{"likes":0,"item_id":"read0"},{"item_id":"read1"},{"item_id":"read2"},"#
            + #"{"item_id":"read3"},{"item_id":"read4"}]"#
        let server = SimulatedServer(slots: 16, clock: clock, respondAt: Self.fast) { request, slot in
            var response = APIResponse.ok(slot)
            switch request {
            case .list: response.body = Array(list.utf8)
            case .page: Issue.record("unexpected request for \(request)")
            case .post:
                posted += 1
                response.itemID = ItemID("posted\(posted)")
                response.itemID.map { _ = alive.insert($0) }
            case .like(let id, _):
                if !alive.contains(id) { response = .ok(slot, 404) }
            case .delete(let id):
                if alive.remove(id) == nil { response = .ok(slot, 404) }
            }
            return response
        }
        var plan = LoadPlan()
        plan.rate = 2000
        plan.mix = try OperationMix("get=20,post=30,like=30,delete=20")
        plan.targetsAnyHaiku = targetsAnyHaiku
        plan.duration = 5 * second
        plan.concurrency = 16
        plan.seed = 7
        var worker = LoadWorker(plan, server, clock)
        let (recorder, _) = worker.run()
        #expect(recorder.statuses.keys.sorted() == [200])
        #expect(recorder.requests.allSatisfy { $0 > 1000 })
    }

    @Test
    func `a haiku whose deletion failed still counts as posted`() throws {
        let clock = SimulatedClock()
        var posted: Set<ItemID> = []
        let server = SimulatedServer(slots: 2, clock: clock, respondAt: Self.fast) { request, slot in
            guard case .post = request else { return .ok(slot, 500) }
            var response = APIResponse.ok(slot, 201)
            response.itemID = ItemID("posted\(posted.count)")
            posted.insert(response.itemID!)
            return response
        }
        var plan = LoadPlan()
        plan.mix = try OperationMix("post=1,delete=1")
        plan.duration = second
        plan.concurrency = 2
        let pool = HaikuPool()
        var worker = LoadWorker(plan, server, clock, pool: pool)
        let (recorder, _) = worker.run()
        #expect(recorder.requests[Operation.delete.rawValue] > 100)
        #expect(Set(pool.own) == posted)
    }

    @Test
    func `a haiku that another client deleted is liked only once`() throws {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 2, clock: clock, respondAt: Self.fast) { request, slot in
            if case .like = request { .ok(slot, 404) } else { .ok(slot, 201) }
        }
        var plan = LoadPlan()
        plan.mix = try OperationMix("like=1")
        plan.duration = second
        plan.concurrency = 2
        let pool = HaikuPool()
        pool.add(try (0..<3).map { try #require(ItemID("\($0)")) })
        var worker = LoadWorker(plan, server, clock, pool: pool)
        #expect(worker.run().recorder.requests[Operation.like.rawValue] == 3)
    }

    @Test
    func `only the latest deleted haiku are remembered`() throws {
        let pool = HaikuPool(capacity: 3)
        var random = SplitMix64(seed: 1)
        let ids = try (0..<5).map { try #require(ItemID("\($0)")) }
        for id in ids {
            pool.add([id])
            pool.discard(try #require(pool.checkOut(using: &random)))
        }
        // An older list may still contain the last three; the first two have been forgotten.
        pool.add(ids)
        var available: Set<ItemID> = []
        while let id = pool.checkOut(using: &random) { available.insert(id) }
        #expect(available == [ids[0], ids[1]])
    }

    @Test
    func `a pool has at most as many haiku as its capacity`() throws {
        let pool = HaikuPool(capacity: 3)
        pool.add(try (0..<5).map { try #require(ItemID("\($0)")) })
        var random = SplitMix64(seed: 1)
        var count = 0
        while pool.checkOut(using: &random) != nil { count += 1 }
        #expect(count == 3)
    }

    @Test
    func `a second has the median and the p99 of its requests`() {
        let clock = SimulatedClock()
        var count = 0
        let server = SimulatedServer(slots: 8, clock: clock) { sentAt in
            count += 1
            return sentAt + (count.isMultiple(of: 25) ? 20 : 1) * millisecond
        }
        let timeline = Timeline(workers: 1)
        var plan = LoadPlan()
        plan.rate = 200
        plan.arrivalProcess = .constant
        plan.duration = second
        var worker = LoadWorker(plan, server, clock, timeline: timeline)
        _ = worker.run()
        let measured = timeline.seconds.first
        #expect(measured.map { $0.p50 / millisecond } == 1)
        #expect(measured.map { $0.p99 / millisecond } == 20)
    }

    @Test
    func `likes and deletes are replaced by posts if no haiku is available`() throws {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 2, clock: clock, respondAt: Self.fast)
        var plan = LoadPlan()
        plan.mix = try OperationMix("delete=1")
        plan.duration = second
        plan.concurrency = 2
        var worker = LoadWorker(plan, server, clock)
        let (recorder, _) = worker.run()
        #expect(recorder.replacedByPosts == recorder.requests[Operation.post.rawValue])
        #expect(recorder.requests[Operation.delete.rawValue] == 0)
    }

    @Test
    func `an interrupted run keeps its results so far`() {
        let clock = SimulatedClock()
        let start = clock.now()
        let server = SimulatedServer(slots: 4, clock: clock, respondAt: Self.fast)
        var plan = LoadPlan()
        plan.rate = 100
        plan.arrivalProcess = .constant
        plan.duration = 60 * second
        var worker = LoadWorker(plan, server, clock, shouldStop: { clock.now() >= start + 2 * second })
        let (recorder, measured) = worker.run()
        #expect(measured == 2 * second)
        #expect((200...201).contains(recorder.requests.reduce(0, +)))
        #expect(recorder.failures.isEmpty)
    }

    /// The lag of a run at 20 requests per second.
    private static func lag(
        slots: Int, lateness: Nanoseconds, respondAt: @escaping (Nanoseconds) -> Nanoseconds
    ) -> LatencyDistribution {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: slots, clock: clock, respondAt: respondAt)
        server.lateness = lateness
        var plan = LoadPlan()
        plan.rate = 20
        plan.arrivalProcess = .constant
        plan.duration = 5 * second
        plan.concurrency = slots
        var worker = LoadWorker(plan, server, clock)
        return worker.run().recorder.lag
    }

    @Test
    func `the lag is the delay of the client and not of the server`() {
        #expect(Self.lag(slots: 8, lateness: 0, respondAt: Self.fast).max == 0)
        // Requests wait for the only connection.
        #expect(Self.lag(slots: 1, lateness: 0) { $0 + 200 * millisecond }.max == 0)
        #expect(Self.lag(slots: 8, lateness: 20 * millisecond, respondAt: Self.fast).percentile(50) >= 19 * millisecond)
    }

    @Test
    func `the same seed sends the same requests`() {
        func requests(seed: UInt64) -> [APIRequest] {
            let clock = SimulatedClock()
            let server = SimulatedServer(slots: 4, clock: clock, respondAt: Self.fast)
            var plan = LoadPlan()
            plan.rate = 200
            plan.duration = second
            plan.seed = seed
            var worker = LoadWorker(plan, server, clock)
            _ = worker.run()
            return server.requests.map(\.request)
        }
        #expect(requests(seed: 3) == requests(seed: 3))
        #expect(requests(seed: 3) != requests(seed: 4))
    }

    @Test
    func `a second is reported once all workers have delivered it`() {
        let seen = Mutex<[TimelineSecond]>([])
        let timeline = Timeline(workers: 2) { second in seen.withLock { $0.append(second) } }
        var plan = LoadPlan()
        plan.rate = 200
        plan.arrivalProcess = .constant
        plan.threads = 2
        plan.duration = 3 * second
        for worker in 0..<2 {
            let clock = SimulatedClock()
            let server = SimulatedServer(slots: 4, clock: clock, respondAt: Self.fast)
            var loadWorker = LoadWorker(
                worker,
                of: plan,
                transport: server,
                clock: clock,
                pool: HaikuPool(),
                timeline: timeline
            )
            _ = loadWorker.run()
        }
        seen.withLock {
            #expect($0.map(\.second) == [0, 1, 2])
            #expect($0.map(\.sent) == [400, 400, 400])
            #expect($0.allSatisfy { $0.p50 >= millisecond && $0.p50 < millisecond * 102 / 100 })
        }
    }
}
