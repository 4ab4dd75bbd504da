import Synchronization

/// Runs a ``LoadPlan`` against an endpoint.
package struct LoadTest: Sendable {
    private let endpoint: Endpoint
    private let settings: ConnectionSettings
    private let plan: LoadPlan

    package init(endpoint: Endpoint, settings: ConnectionSettings, plan: LoadPlan) {
        self.endpoint = endpoint
        self.settings = settings
        self.plan = plan
    }

    /// Requests one page, to check that the endpoint is the API, and with ``LoadPlan/targetsAnyHaiku`` to find haiku.
    ///
    /// - Throws: ``RequestError`` if the API does not respond with a list, or if `shouldStop` returns true before.
    package func probe(shouldStop: @escaping () -> Bool = { false }) throws(RequestError) -> HaikuPool {
        let pool = HaikuPool()
        let transport = CurlTransport(endpoint: endpoint, settings: settings, slots: 1)
        var pipeline = RequestPipeline(transport: transport, shouldStop: shouldStop)
        let response = pipeline.response(to: .list, keeping: .body)
        guard response.isSuccess else { throw RequestError(endpoint, "GET haiku", response) }
        guard let ids = try? HaikuList.ids(in: response.body) else {
            throw RequestError(notAList: response.body, from: endpoint)
        }
        if plan.targetsAnyHaiku { pool.add(ids) }
        return pool
    }

    /// Deletes the haiku that a run has posted.
    ///
    /// - Returns: The number of haiku that were not deleted.
    package func deletePosts(
        in pool: HaikuPool,
        shouldStop: @escaping () -> Bool,
        onProgress: (_ deleted: Int, _ total: Int) -> Void
    ) -> Int {
        let own = pool.own
        var (remaining, deleted) = (own[...], 0)
        let transport = CurlTransport(endpoint: endpoint, settings: settings, slots: min(plan.concurrency, 50))
        var pipeline = RequestPipeline(transport: transport, shouldStop: shouldStop)
        _ = pipeline.send {
            remaining.popFirst().map { (.delete($0), []) }
        } onResponse: { response in
            guard response.isSuccess || response.outcome == .status(404) else { return }
            deleted += 1
            onProgress(deleted, own.count)
        }
        return own.count - deleted
    }

    /// Runs the plan until it is complete or `shouldStop` returns true.
    ///
    /// - Parameters:
    ///   - shouldStop: Called on all workers' threads several times a second.
    ///   - onSecond: Called on one of the workers' threads after each second.
    package func run(
        pool: HaikuPool,
        shouldStop: @escaping @Sendable () -> Bool,
        onSecond: @escaping @Sendable (TimelineSecond) -> Void
    ) -> LoadReport {
        if let server = PlainHTTPServer(endpoint, settings) {
            return run(pool, shouldStop, onSecond) { [endpoint, settings] slots in
                PlainHTTPTransport(to: server, endpoint: endpoint, timeout: settings.timeout, slots: slots)
            }
        }
        return run(pool, shouldStop, onSecond) { [endpoint, settings] slots in
            CurlTransport(endpoint: endpoint, settings: settings, slots: slots)
        }
    }

    private func run(
        _ pool: HaikuPool,
        _ shouldStop: @escaping @Sendable () -> Bool,
        _ onSecond: @escaping @Sendable (TimelineSecond) -> Void,
        makeTransport: @escaping @Sendable (_ slots: Int) -> some LoadTransport & SendableMetatype
    ) -> LoadReport {
        let clock = SystemClock()
        let timeline = Timeline(workers: plan.threads, onSecond: onSecond)
        let total = Mutex((recorder: Recorder(), measured: Nanoseconds(0), utilization: 0.0))
        let workerStart = WorkerStart(plan)
        WorkerThreads.run(plan.threads) { [plan] index in
            var worker = LoadWorker(
                index,
                of: plan,
                transport: makeTransport(plan.slots(ofWorker: index)),
                clock: clock,
                pool: pool,
                timeline: timeline,
                shouldStop: shouldStop
            )
            let start = workerStart.wait()
            let (cpuTimeBefore, timeBefore) = (SystemClock.threadCPUTime(), clock.now())
            let result = worker.run(from: start.time, start.schedule)
            let cpuTime = SystemClock.threadCPUTime() - cpuTimeBefore
            let utilization = Double(cpuTime) / Double(max(clock.now() - timeBefore, 1))
            total.withLock {
                $0.recorder.add(result.recorder)
                $0.measured = max($0.measured, result.measured)
                $0.utilization = max($0.utilization, utilization)
            }
        }
        timeline.finish()
        return total.withLock {
            var requests = $0.recorder.sent
            requests[Operation.delete.rawValue] += pool.own.count
            var report = LoadReport(
                endpoint: endpoint.base,
                plan: plan,
                recorder: $0.recorder,
                measured: $0.measured,
                seconds: timeline.seconds.filter { $0.second >= 0 },
                maxThreadUtilization: $0.utilization,
                isInterrupted: shouldStop()
            )
            report.cost = RunCost(requests: requests, limit: settings.limit)
            return report
        }
    }
}
