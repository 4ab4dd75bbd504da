import Synchronization

/// A load test: a plan, and where and how it is carried out.
public struct LoadTest: Sendable {
    private let endpoint: Endpoint
    private let settings: ConnectionSettings
    private let plan: LoadPlan

    /// A load test that has not begun.
    public init(endpoint: Endpoint, settings: ConnectionSettings, plan: LoadPlan) {
        self.endpoint = endpoint
        self.settings = settings
        self.plan = plan
    }

    /// Reads one page, which shows whether the endpoint answers, and which haiku likes and deletes may go to.
    ///
    /// - Throws: ``EndpointFailure`` when there is no reply, or one that is not 2xx.
    public func probe() throws(EndpointFailure) -> HaikuPool {
        let pool = HaikuPool()
        var transport = CurlTransport(endpoint: endpoint, settings: settings, slots: 1)
        let reply = transport.reply(to: .list, wanting: .body)
        guard reply.isSuccess else { throw EndpointFailure(endpoint, "GET haiku", reply) }
        pool.add((try? HaikuList.ids(in: reply.body)) ?? [])
        return pool
    }

    /// Carries out the plan, and returns when all of it is done, or `shouldStop` said so.
    ///
    /// `onSecond` is called on one of the workers' threads, `shouldStop` on all of them.
    public func run(
        pool: HaikuPool,
        shouldStop: @escaping @Sendable () -> Bool,
        onSecond: @escaping @Sendable (TimelineSecond) -> Void
    ) -> LoadReport {
        let clock = SystemClock()
        let timeline = Timeline(workers: plan.threads, onSecond: onSecond)
        let total = Mutex((recorder: Recorder(), measured: Nanoseconds(0), busiest: 0.0))
        let start = clock.now()
        Threads.run(plan.threads) { [endpoint, settings, plan] index in
            let transport = CurlTransport(endpoint: endpoint, settings: settings, slots: plan.slots(ofWorker: index))
            var worker = LoadWorker(
                index,
                of: plan,
                startingAt: start,
                transport: transport,
                clock: clock,
                pool: pool,
                timeline: timeline,
                shouldStop: shouldStop
            )
            let (computing, begin) = (SystemClock.threadTime(), clock.now())
            let result = worker.run()
            let share = Double(SystemClock.threadTime() - computing) / Double(max(clock.now() - begin, 1))
            total.withLock {
                $0.recorder.add(result.recorder)
                $0.measured = max($0.measured, result.measured)
                $0.busiest = max($0.busiest, share)
            }
        }
        timeline.finish()
        return total.withLock {
            LoadReport(
                endpoint: endpoint.base,
                plan: plan,
                recorder: $0.recorder,
                measured: $0.measured,
                seconds: timeline.seconds.filter { $0.second >= 0 },
                busiestThread: $0.busiest,
                isInterrupted: shouldStop()
            )
        }
    }
}

/// The endpoint gave no reply, or not the one that an API of haiku gives.
public struct EndpointFailure: Error, CustomStringConvertible {
    /// What is wrong, for people.
    public let description: String

    init(_ endpoint: Endpoint, _ request: String, _ reply: APIResponse) {
        switch reply.outcome {
        case .failure(let failure):
            description = "\(endpoint.base) does not answer: \(reply.message ?? failure.words)"
        case .status(let status):
            let words = HaikuList.description(in: reply.body).map { ": \($0)" } ?? ""
            description = "\(endpoint.base) answered \(request) with \(status)\(words)"
        }
    }

    init(_ description: String) { self.description = description }
}

extension LoadTransport {
    /// Sends one request in slot 0, which must be free along with all others, and waits for its reply.
    mutating func reply(to request: APIRequest, wanting parts: ResponseParts) -> APIResponse {
        send(request, in: 0, wanting: parts)
        var replies: [APIResponse] = []
        while replies.isEmpty { wait(until: .max, into: &replies) }
        return replies[0]
    }
}
