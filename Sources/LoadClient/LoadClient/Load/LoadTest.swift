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

    /// Requests one page, to check that the endpoint responds and to find haiku for likes and deletes.
    ///
    /// - Throws: ``RequestError`` if there is no response or its status is not 2xx.
    package func probe() throws(RequestError) -> HaikuPool {
        let pool = HaikuPool()
        var transport = CurlTransport(endpoint: endpoint, settings: settings, slots: 1)
        let response = transport.response(to: .list, keeping: .body)
        guard response.isSuccess else { throw RequestError(endpoint, "GET haiku", response) }
        pool.add((try? HaikuList.ids(in: response.body)) ?? [])
        return pool
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
        let clock = SystemClock()
        let timeline = Timeline(workers: plan.threads, onSecond: onSecond)
        let total = Mutex((recorder: Recorder(), measured: Nanoseconds(0), utilization: 0.0))
        let start = clock.now()
        WorkerThreads.run(plan.threads) { [endpoint, settings, plan] index in
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
            let (cpuTimeBefore, timeBefore) = (SystemClock.threadCPUTime(), clock.now())
            let result = worker.run()
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
            LoadReport(
                endpoint: endpoint.base,
                plan: plan,
                recorder: $0.recorder,
                measured: $0.measured,
                seconds: timeline.seconds.filter { $0.second >= 0 },
                maxThreadUtilization: $0.utilization,
                isInterrupted: shouldStop()
            )
        }
    }
}
