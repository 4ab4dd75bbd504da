import LoadClient

/// A clock that only `advance(to:)` moves, which `SimulatedServer` calls when it waits.
final class SimulatedClock: MonotonicClock {
    private(set) var time: Nanoseconds = 1_000_000_000

    func now() -> Nanoseconds { time }

    func advance(to later: Nanoseconds) {
        time = max(time, later)
        precondition(time < 86_400 * second, "the simulated run does not end")
    }
}

/// A server in which every request gets the response, at the time, that two closures return.
final class SimulatedServer: LoadTransport {
    let slots: Int
    private let clock: SimulatedClock
    private let responseTime: (_ sentAt: Nanoseconds) -> Nanoseconds
    private let respond: (APIRequest, Int) -> APIResponse
    private var pending: [(at: Nanoseconds, response: APIResponse)] = []
    private(set) var requests: [(request: APIRequest, at: Nanoseconds)] = []
    var recordsRequests = true
    /// How long after a deadline `wait` returns, as on a machine without a free CPU.
    var lateness: Nanoseconds = 0

    /// - Parameters:
    ///   - responseTime: Returns the time of the response to a request that is sent at its argument.
    ///   - respond: Returns the response to a request in a slot.
    init(
        slots: Int,
        clock: SimulatedClock,
        respondAt responseTime: @escaping (Nanoseconds) -> Nanoseconds,
        respond: @escaping (APIRequest, Int) -> APIResponse = { _, slot in .ok(slot) }
    ) {
        self.slots = slots
        self.clock = clock
        self.responseTime = responseTime
        self.respond = respond
    }

    func now() -> Nanoseconds { clock.now() }

    func send(_ request: APIRequest, in slot: Int, keeping parts: ResponseParts) {
        if recordsRequests { requests.append((request, clock.now())) }
        pending.append((responseTime(clock.now()), respond(request, slot)))
    }

    func wait(until deadline: Nanoseconds, into responses: inout [APIResponse]) {
        guard let next = pending.map(\.at).min(), next <= deadline else {
            precondition(deadline < .max, "would wait forever")
            return clock.advance(to: deadline + lateness)
        }
        clock.advance(to: next)
        for (at, response) in pending where at <= clock.now() {
            var response = response
            response.finishedAt = at
            responses.append(response)
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
    /// Creates the only worker of `plan`, which starts now.
    init(
        _ plan: LoadPlan,
        _ server: SimulatedServer,
        _ clock: SimulatedClock,
        pool: HaikuPool = HaikuPool(),
        timeline: Timeline = Timeline(workers: 1),
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.init(
            of: plan,
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
