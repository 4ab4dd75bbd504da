/// One worker of a load test, which sends requests when they are due and records their outcomes.
///
/// With a rate, the loop is open: requests are due at times that do not depend on the server, and the latency of a request
/// counts from the time when it was due. It includes the time that the request waited for a connection while a stalled
/// server occupied all of them. Counting from the time when it was sent would omit the stall from the percentiles
/// ("coordinated omission").
///
/// The transport and the clock are parameters, so that tests are deterministic.
package struct LoadWorker<Transport: LoadTransport, Clock: MonotonicClock> {
    private struct Pending {
        var operation: Operation
        var due: Nanoseconds
        /// Whether the request was due after the warm-up.
        var isMeasured: Bool
        var id: ItemID?
    }

    private static var stopCheckInterval: Nanoseconds { 100_000_000 }

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
    /// The arrivals that the workers share; nil for a closed loop.
    private var schedule: ArrivalSchedule?
    /// The arrival that this worker sends next; nil if it has not claimed one.
    private var claimed: Nanoseconds?
    /// When a slot became free while all were occupied.
    private var freeSince: Nanoseconds = 0
    private var keys: IdempotencyKeys
    private var random: SplitMix64
    private var generator: HaikuGenerator
    private var second = IntervalRecorder()
    private var secondIndex = 0
    private var secondEnd: Nanoseconds = 0

    private var measurementStart: Nanoseconds = 0
    /// The end of the measurement: no request is due after it.
    private var end: Nanoseconds = 0
    /// Requests that are still overdue at this time are not sent.
    private var sendDeadline: Nanoseconds = 0
    private var responseDeadline = Nanoseconds.max

    /// - Parameters:
    ///   - index: The worker's index, from 0 to ``LoadPlan/threads`` - 1.
    ///   - shouldStop: Called at least ten times a second.
    package init(
        _ index: Int = 0,
        of plan: LoadPlan,
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
        keys = IdempotencyKeys(run: plan.run, worker: index)
        random = SplitMix64(seed: plan.seed, stream: 0x6D69_7800 + UInt64(index))
        generator = HaikuGenerator(seed: plan.seed, worker: index, of: plan.threads)
    }

    /// Runs the plan as its only worker.
    package mutating func run() -> (recorder: Recorder, measured: Nanoseconds) {
        let now = clock.now()
        return run(from: now, plan.arrivals(from: now).map(ArrivalSchedule.init))
    }

    /// Runs the plan, and returns the measurements and the length of the measurement.
    ///
    /// - Parameters:
    ///   - start: The start of the warm-up.
    ///   - schedule: The arrivals that the workers share; nil for a closed loop.
    mutating func run(
        from start: Nanoseconds, _ schedule: ArrivalSchedule?
    ) -> (recorder: Recorder, measured: Nanoseconds) {
        self.schedule = schedule
        measurementStart = start + plan.warmup
        end = measurementStart + plan.duration
        sendDeadline = end + (plan.isOpenLoop ? plan.drainTime : 0)
        let warmupSeconds = (plan.warmup + 999_999_999) / 1_000_000_000
        secondIndex = -Int(warmupSeconds)
        secondEnd = measurementStart + 1_000_000_000 - warmupSeconds * 1_000_000_000
        var responses: [APIResponse] = []
        while true {
            let now = clock.now()
            deliverSeconds(until: now)
            sendDue(at: now)
            // After sending, so that requests that are due now are not recorded as unsent.
            if responseDeadline == .max, shouldStop() { interrupt(at: now) }
            let inFlight = transport.slots - freeSlots.count
            if inFlight == 0 && !hasMore(at: now) || now >= responseDeadline { break }
            transport.wait(until: deadline(after: now), into: &responses)
            for response in responses { finish(response) }
            responses.removeAll(keepingCapacity: true)
        }
        let now = clock.now()
        deliverSeconds(until: now)
        abandonRemaining(at: now)
        if second.done > 0 || second.sent > 0 { timeline.deliver(second, of: secondIndex) }
        return (recorder, end - Swift.min(measurementStart, end))
    }

    // MARK: Time

    /// Whether more requests are to be sent. In an open loop it is known only while a slot is free.
    private func hasMore(at now: Nanoseconds) -> Bool {
        guard now < sendDeadline else { return false }
        return schedule == nil ? now < end : claimed.map { $0 < end } ?? false
    }

    private func deadline(after now: Nanoseconds) -> Nanoseconds {
        var deadline = Swift.min(secondEnd, now + Self.stopCheckInterval, responseDeadline)
        if !freeSlots.isEmpty && hasMore(at: now) { deadline = Swift.min(deadline, claimed ?? now) }
        return Swift.max(deadline, now)
    }

    private mutating func deliverSeconds(until now: Nanoseconds) {
        while now >= secondEnd {
            second.backlog = schedule?.backlog(at: Swift.min(secondEnd, end)) ?? 0
            timeline.deliver(second, of: secondIndex)
            second = IntervalRecorder()
            second.maxInFlight = transport.slots - freeSlots.count
            secondIndex += 1
            secondEnd += 1_000_000_000
        }
    }

    /// Ends the measurement. Requests in flight have a second to complete.
    private mutating func interrupt(at now: Nanoseconds) {
        end = Swift.min(end, now)
        sendDeadline = now
        responseDeadline = now + 1_000_000_000
    }

    // MARK: Sending

    private mutating func sendDue(at now: Nanoseconds) {
        while let slot = freeSlots.last, now < sendDeadline {
            let due: Nanoseconds
            if let schedule {
                claimed = claimed ?? schedule.claim(before: end)
                guard let next = claimed, next <= now, next < end else { return }
                (due, claimed) = (next, nil)
            } else {
                guard now < end else { return }
                due = now
            }
            freeSlots.removeLast()
            send(in: slot, due: due, at: now)
        }
    }

    private mutating func send(in slot: Int, due: Nanoseconds, at now: Nanoseconds) {
        let isMeasured = due >= measurementStart
        var operation = plan.mix.pick(using: &random)
        var id: ItemID?
        if operation == .like || operation == .delete {
            id = pool.checkOut(using: &random)
            if id == nil {
                operation = .post
                if isMeasured { recorder.replacedByPosts += 1 }
            }
        }
        pending[slot] = Pending(operation: operation, due: due, isMeasured: isMeasured, id: id)
        recorder.sent[operation.rawValue] += 1
        second.sent += 1
        second.maxInFlight = Swift.max(second.maxInFlight, transport.slots - freeSlots.count)
        if isMeasured {
            if now < end { recorder.sentInTime += 1 }
            if schedule != nil { recorder.lag.record(now - Swift.min(now, Swift.max(due, freeSince))) }
        }
        switch (operation, id) {
        case (.like, let id?): transport.send(.like(id, key: keys.next()), in: slot, keeping: [])
        case (.delete, let id?): transport.send(.delete(id), in: slot, keeping: [])
        case (.post, _):
            transport.send(.post(generator.next().loadTest.json, key: keys.next()), in: slot, keeping: .headers)
        default:
            transport.send(.list, in: slot, keeping: plan.targetsAnyHaiku && pool.needsMore ? .body : [])
        }
    }

    // MARK: Responses

    private mutating func finish(_ response: APIResponse) {
        guard let request = pending[response.slot] else { return }
        pending[response.slot] = nil
        if freeSlots.isEmpty { freeSince = response.finishedAt }
        freeSlots.append(response.slot)
        if request.isMeasured { recorder.record(request.operation, due: request.due, response) }
        second.record(response.finishedAt - Swift.min(request.due, response.finishedAt), response)
        if let id = request.id {
            // A like gets 404 if another client has deleted the haiku.
            let isDeleted = request.operation == .delete ? response.isSuccess : response.outcome == .status(404)
            if isDeleted { pool.discard(id) } else { pool.checkIn(id) }
        } else if request.operation == .post {
            if let id = response.itemID, response.isSuccess {
                pool.addPosted(id, isTarget: usesPool)
            } else if response.isUnknown {
                pool.countUnknownPost()
            }
        } else if plan.targetsAnyHaiku, !response.body.isEmpty {
            pool.add((try? HaikuList.ids(in: response.body)) ?? [])
        }
    }

    /// Records the requests that were due but not sent, and those without a response.
    private mutating func abandonRemaining(at now: Nanoseconds) {
        var unsent: [Int: Int] = [:]
        while let schedule, let due = claimed ?? schedule.claim(before: end) {
            claimed = nil
            guard due >= measurementStart, due < end else { continue }
            recorder.record(plan.mix.pick(using: &random), due: due, abandoned: .notSent, at: now)
            unsent[Int((due - measurementStart) / 1_000_000_000), default: 0] += 1
        }
        timeline.addUnsent(unsent)
        for request in pending {
            guard let request else { continue }
            if request.operation == .post { pool.countUnknownPost() }
            guard request.isMeasured else { continue }
            recorder.record(request.operation, due: request.due, abandoned: .unfinished, at: now)
            second.failed += 1
            second.done += 1
        }
    }
}
