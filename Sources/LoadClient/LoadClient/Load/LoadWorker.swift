/// One worker of a load test: sends requests when they are due, and counts what becomes of them.
///
/// With a rate the loop is open: requests are due by the clock, whatever the server does, and the time of each counts
/// from then. One that has to wait for a connection, because a stalled server holds all of them, has waited; to count
/// from when it could be sent at last would leave the stall out of the percentiles ("coordinated omission").
///
/// It knows neither libcurl nor the system's clock, so that tests can be exact.
public struct LoadWorker<Transport: LoadTransport, Clock: MonotonicClock> {
    private struct Pending {
        var operation: Operation
        var due: Nanoseconds
        var counts: Bool
        var id: ItemID?
    }

    private let plan: LoadPlan
    private let clock: Clock
    private let pool: HaikuPool
    private let timeline: Timeline
    private let shouldStop: () -> Bool
    private let usesPool: Bool

    private var transport: Transport
    private var recorder = Recorder()
    private var pending: [Pending?]
    private var freeSlots: [Int]
    private var arrivals: ArrivalTimes?
    private var random: SplitMix64
    private var generator: HaikuGenerator
    private var second: IntervalRecorder
    private var secondIndex: Int
    private var secondEnd: Nanoseconds

    /// When requests begin to count, when they end to be due, and when they end to be sent.
    private let measureStart: Nanoseconds
    private var end: Nanoseconds
    private var sendLimit: Nanoseconds
    private var replyLimit = Nanoseconds.max

    /// The worker number `index` of `plan`, which begins at `start` and asks `shouldStop` several times a second.
    public init(
        _ index: Int,
        of plan: LoadPlan,
        startingAt start: Nanoseconds,
        transport: Transport,
        clock: Clock,
        pool: HaikuPool,
        timeline: Timeline,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.plan = plan
        self.transport = transport
        self.clock = clock
        self.pool = pool
        self.timeline = timeline
        self.shouldStop = shouldStop
        usesPool = plan.mix.includes(.like) || plan.mix.includes(.delete)
        pending = Array(repeating: nil, count: transport.slots)
        freeSlots = Array((0..<transport.slots).reversed())
        arrivals = plan.rate.map {
            ArrivalTimes(
                rate: $0,
                pacing: plan.pacing,
                start: start,
                seed: plan.seed,
                worker: index,
                of: plan.threads
            )
        }
        random = SplitMix64(seed: plan.seed, stream: 0x6D69_7800 + UInt64(index))
        generator = HaikuGenerator(seed: plan.seed, worker: index, of: plan.threads)
        measureStart = start + plan.warmup
        end = measureStart + plan.duration
        sendLimit = end + (plan.rate == nil ? 0 : plan.drainTime)
        second = IntervalRecorder()
        let warmupSeconds = (plan.warmup + 999_999_999) / 1_000_000_000
        secondIndex = -Int(warmupSeconds)
        secondEnd = measureStart + 1_000_000_000 - warmupSeconds * 1_000_000_000
    }

    /// Does all of it, and returns what was counted and for how long.
    public mutating func run() -> (recorder: Recorder, measured: Nanoseconds) {
        var replies: [APIResponse] = []
        while true {
            let now = clock.now()
            passSeconds(until: now)
            sendDue(at: now)
            // Only now, so that what is due by now counts as sent unless it had to wait.
            if replyLimit == .max, shouldStop() { interrupt(at: now) }
            let underWay = transport.slots - freeSlots.count
            if underWay == 0 && !hasMore(at: now) || now >= replyLimit { break }
            transport.wait(until: deadline(after: now), into: &replies)
            for reply in replies { finish(reply) }
            replies.removeAll(keepingCapacity: true)
        }
        let now = clock.now()
        giveUpTheRest(at: now)
        passSeconds(until: now)
        if second.done > 0 || second.sent > 0 { timeline.deliver(second, of: secondIndex) }
        return (recorder, end - Swift.min(measureStart, end))
    }

    // MARK: Time

    private func nextDue(at now: Nanoseconds) -> Nanoseconds { arrivals?.next ?? now }

    private func hasMore(at now: Nanoseconds) -> Bool { nextDue(at: now) < end && now < sendLimit }

    private func deadline(after now: Nanoseconds) -> Nanoseconds {
        // Often enough to be stopped without anyone noticing a delay.
        var deadline = Swift.min(secondEnd, now + 100_000_000, replyLimit)
        if !freeSlots.isEmpty && hasMore(at: now) { deadline = Swift.min(deadline, nextDue(at: now)) }
        return Swift.max(deadline, now)
    }

    private mutating func passSeconds(until now: Nanoseconds) {
        while now >= secondEnd {
            timeline.deliver(second, of: secondIndex)
            second = IntervalRecorder()
            secondIndex += 1
            secondEnd += 1_000_000_000
        }
    }

    /// Nothing is due any more from `now` on; what is under way has a second to end.
    private mutating func interrupt(at now: Nanoseconds) {
        end = Swift.min(end, now)
        sendLimit = now
        replyLimit = now + 1_000_000_000
    }

    // MARK: Sending

    private mutating func sendDue(at now: Nanoseconds) {
        while let slot = freeSlots.last, hasMore(at: now), nextDue(at: now) <= now {
            let due = nextDue(at: now)
            arrivals?.advance()
            freeSlots.removeLast()
            send(in: slot, due: due, at: now)
        }
    }

    private mutating func send(in slot: Int, due: Nanoseconds, at now: Nanoseconds) {
        let counts = due >= measureStart
        var operation = plan.mix.pick(using: &random)
        var id: ItemID?
        if operation == .like || operation == .delete {
            id = pool.borrow(using: &random)
            if id == nil {
                operation = .post
                if counts { recorder.replaced += 1 }
            }
        }
        pending[slot] = Pending(operation: operation, due: due, counts: counts, id: id)
        second.sent += 1
        if counts && now < end { recorder.sentInTime += 1 }
        switch (operation, id) {
        case (.like, let id?): transport.send(.like(id), in: slot, wanting: [])
        case (.delete, let id?): transport.send(.delete(id), in: slot, wanting: [])
        case (.post, _):
            transport.send(.post(generator.next().json), in: slot, wanting: usesPool ? .headers : [])
        default:
            transport.send(.list, in: slot, wanting: usesPool && pool.needsMore ? .body : [])
        }
    }

    // MARK: Replies

    private mutating func finish(_ reply: APIResponse) {
        guard let request = pending[reply.slot] else { return }
        pending[reply.slot] = nil
        freeSlots.append(reply.slot)
        if request.counts { recorder.record(request.operation, due: request.due, reply) }
        second.record(reply.finishedAt - Swift.min(request.due, reply.finishedAt), isError: !reply.isSuccess)
        guard usesPool else { return }
        if let id = request.id {
            // A haiku that is gone need not be asked for again, whoever deleted it.
            let isGone = request.operation == .delete ? reply.isSuccess : reply.outcome == .status(404)
            if isGone { pool.forget(id) } else { pool.giveBack(id) }
        } else if request.operation == .get, !reply.body.isEmpty {
            pool.add((try? HaikuList.ids(in: reply.body)) ?? [])
        } else if let id = reply.itemID {
            pool.add([id])
        }
    }

    /// Counts what was due and never sent, and what was sent and never answered.
    private mutating func giveUpTheRest(at now: Nanoseconds) {
        while let due = arrivals?.next, due < end {
            if due >= measureStart {
                recorder.record(plan.mix.pick(using: &random), due: due, givenUp: .notSent, at: now)
            }
            arrivals?.advance()
        }
        for request in pending {
            guard let request, request.counts else { continue }
            recorder.record(request.operation, due: request.due, givenUp: .unfinished, at: now)
        }
    }
}
