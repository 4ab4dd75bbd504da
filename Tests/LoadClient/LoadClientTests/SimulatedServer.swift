import LoadClient

/// A clock that only moves when a transport waits.
final class SimulatedClock: MonotonicClock {
    private(set) var time: Nanoseconds = 1_000_000_000

    func now() -> Nanoseconds { time }

    func advance(to later: Nanoseconds) { time = max(time, later) }
}

/// A server behind as many connections as it is told, whose replies take as long as a function of the time says.
final class SimulatedServer: LoadTransport {
    let slots: Int
    private let clock: SimulatedClock
    private let replyTime: (_ sentAt: Nanoseconds) -> Nanoseconds
    private let answer: (APIRequest, Int) -> APIResponse
    private var pending: [(at: Nanoseconds, reply: APIResponse)] = []
    private(set) var requests: [(request: APIRequest, at: Nanoseconds)] = []
    /// Whether ``requests`` are kept.
    var remembers = true

    /// `replyTime` says when the reply to a request sent at some time comes; `answer` what it is, for a slot.
    init(
        slots: Int,
        clock: SimulatedClock,
        replyAt replyTime: @escaping (Nanoseconds) -> Nanoseconds,
        answer: @escaping (APIRequest, Int) -> APIResponse = { _, slot in .ok(slot) }
    ) {
        self.slots = slots
        self.clock = clock
        self.replyTime = replyTime
        self.answer = answer
    }

    func send(_ request: APIRequest, in slot: Int, wanting parts: ResponseParts) {
        if remembers { requests.append((request, clock.now())) }
        pending.append((replyTime(clock.now()), answer(request, slot)))
    }

    func wait(until deadline: Nanoseconds, into replies: inout [APIResponse]) {
        guard let next = pending.map(\.at).min(), next <= deadline else {
            precondition(deadline < .max, "waits for ever")
            return clock.advance(to: deadline)
        }
        clock.advance(to: next)
        for (at, reply) in pending where at <= clock.now() {
            var reply = reply
            reply.finishedAt = at
            replies.append(reply)
        }
        pending.removeAll { $0.at <= clock.now() }
    }
}

extension APIResponse {
    static func ok(_ slot: Int, _ status: Int = 200) -> APIResponse {
        APIResponse(slot: slot, outcome: .status(status), finishedAt: 0)
    }
}

extension LoadWorker where Transport == SimulatedServer, Clock == SimulatedClock {
    /// A worker that carries out all of `plan` against `server`, from now on.
    init(
        _ plan: LoadPlan,
        _ server: SimulatedServer,
        _ clock: SimulatedClock,
        pool: HaikuPool = HaikuPool(),
        timeline: Timeline = Timeline(workers: 1),
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.init(
            0,
            of: plan,
            startingAt: clock.now(),
            transport: server,
            clock: clock,
            pool: pool,
            timeline: timeline,
            shouldStop: shouldStop
        )
    }
}

let millisecond: Nanoseconds = 1_000_000
let second: Nanoseconds = 1_000_000_000
