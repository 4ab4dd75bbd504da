import NIOCore

/// The processes of one function and the invocations that wait for one of them.
///
/// All of it happens on one event loop, so that there is neither a lock nor a thread change between the gateway and a
/// process.
final class FunctionPool {
    let loop: any EventLoop
    let limits: LambdaLimits
    let log: FunctionLog

    private let function: LocalFunction
    private let environment: FunctionEnvironment
    private var processes: [ObjectIdentifier: FunctionProcess] = [:]
    /// Those that wait for an invocation. The last one was busy most recently and is the next to be used, so that the
    /// others grow old and are stopped.
    private var idle: [FunctionProcess] = []
    private let room: WaitingRoom
    private var waiting: InvocationQueue
    /// Requests that have a place, see ``Admission``.
    private var admitted = 0
    private var waitTimer: Scheduled<Void>?
    private var reapTimer: Scheduled<Void>?
    /// Runs while invocations wait for the end of the backoff.
    private var backoffTimer: Scheduled<Void>?
    private var backoff = Backoff()
    private var isShuttingDown = false
    private var ready: [EventLoopPromise<Void>] = []
    private var empty: EventLoopPromise<Void>?

    init(
        _ function: LocalFunction,
        limits: LambdaLimits,
        log: FunctionLog,
        loop: any EventLoop,
        environment: FunctionEnvironment,
        room: WaitingRoom
    ) {
        self.function = function
        self.limits = limits
        self.log = log
        self.loop = loop
        self.environment = environment
        self.room = room
        waiting = InvocationQueue(in: room, maximumBytes: limits.waitingBytes)
    }

    /// How many processes there are that have not been told to end.
    var processCount: Int {
        processes.values.count {
            switch $0.state {
            case .stopping, .ended: false
            default: true
            }
        }
    }

    /// The longest that an invocation can take, in seconds, with the time that it waits.
    var longestAnswer: Double { limits.waitingTime + Double(function.timeout) }

    // MARK: Invocations

    /// Has a process work on the invocation, now or when one is free. Returns whether it has not been refused.
    func invoke(_ invocation: Invocation) -> Bool {
        guard !isShuttingDown else {
            invocation.refuse(.shuttingDown)
            return false
        }
        if let process = idle.popLast() {
            process.deliver(invocation)
        } else if let failure = failure {
            invocation.fail(.initFailed, failure)
        } else if waiting.append(invocation) {
            startProcessIfNeeded()
            watchWaitingTime()
        } else {
            refuse(invocation)
            return false
        }
        return true
    }

    /// Why invocations fail at once: no process could be started, and none is to be tried yet.
    private var failure: ByteBuffer? { processCount == 0 ? backoff.failure : nil }

    /// Decides on a request, and counts it if it is refused.
    func admission(endsConnection: Bool) -> Admission {
        // What fails at once needs no place.
        guard !isShuttingDown, failure == nil else { return .admitted(nil) }
        guard room.admitted.hasPlace(besides: admitted),
            !idle.isEmpty || room.waiting.hasPlace(besides: waiting.count)
        else {
            log.countRefusal()
            return .refused(room.turnOfRefusal(endsConnection: endsConnection))
        }
        return .admitted(Place(enter: enter, exit: exit))
    }

    private func enter() -> Bool {
        guard room.admitted.enter(besides: admitted) else { return false }
        admitted += 1
        return true
    }

    private func exit() {
        admitted -= 1
        room.admitted.leave(admitted)
    }

    private func refuse(_ invocation: Invocation) {
        log.countRefusal()
        room.refuse(invocation, on: loop)
    }

    private func startProcessIfNeeded() {
        guard !isShuttingDown, processCount < limits.concurrency else { return }
        // A process that is starting, or has just replied, will take one of the waiting.
        let coming = processes.values.count {
            switch $0.state {
            case .starting, .finishing: true
            default: false
            }
        }
        guard waiting.count > coming else { return }
        if backoff.failure == nil { startProcess() } else { startProcessAfterBackoff() }
    }

    /// Nobody else may come and ask for a process: those that lived when another could not start may have died since.
    private func startProcessAfterBackoff() {
        guard backoffTimer == nil else { return }
        backoffTimer = loop.assumeIsolated().scheduleTask(deadline: backoff.until) { [self] in
            backoffTimer = nil
            startProcessIfNeeded()
        }
    }

    private func startProcess() {
        let process = FunctionProcess(function, pool: self, environment: environment)
        processes[ObjectIdentifier(process)] = process
        process.start()
    }

    /// Starts one process ahead of the first invocation. The future succeeds when it has asked for one, or has failed.
    func warmUp() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        ready.append(promise)
        startProcess()
        return promise.futureResult
    }

    private func signalReady() {
        let ready = self.ready
        self.ready = []
        for promise in ready { promise.succeed() }
    }

    /// Invocations wait in the order of their arrival, so that one timer, for the first of them, is enough.
    private func watchWaitingTime() {
        guard waitTimer == nil, let first = waiting.first else { return }
        let deadline = first.arrival + .nanoseconds(Int64(limits.waitingTime * 1e9))
        waitTimer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            waitTimer = nil
            while let first = waiting.first, first.arrival + .nanoseconds(Int64(limits.waitingTime * 1e9)) <= .now() {
                if let late = waiting.removeFirst() { refuse(late) }
            }
            watchWaitingTime()
        }
    }

    // MARK: What processes report

    func becameIdle(_ process: FunctionProcess) {
        backoff.reset()
        signalReady()
        if isShuttingDown { return process.stop() }
        if let invocation = waiting.removeFirst() {
            process.deliver(invocation)
            // After a backoff, it is the first of several that are needed.
            return startProcessIfNeeded()
        }
        idle.removeAll { $0 === process }
        idle.append(process)
        reapIdleProcesses()
    }

    func becameUnavailable(_ process: FunctionProcess) {
        idle.removeAll { $0 === process }
    }

    func ended(_ process: FunctionProcess) {
        remove(process)
        startProcessIfNeeded()
    }

    func initFailed(_ process: FunctionProcess, _ error: ByteBuffer) {
        remove(process)
        signalReady()
        let delay = backoff.fail(with: error)
        log.initFailed(error, attempts: backoff.attempts, nextAttemptIn: delay)
        // Those who can still be served by another process are, or by one that is started later if all others die.
        guard processCount == 0 else { return startProcessIfNeeded() }
        while let invocation = waiting.removeFirst() { invocation.fail(.initFailed, error) }
    }

    private func remove(_ process: FunctionProcess) {
        processes[ObjectIdentifier(process)] = nil
        idle.removeAll { $0 === process }
        if processes.isEmpty { empty?.succeed() }
    }

    // MARK: Fewer processes

    /// Stops what has been idle for too long, but for one process.
    private func reapIdleProcesses() {
        guard reapTimer == nil, processCount > 1, let oldest = idle.first else { return }
        let deadline = oldest.idleSince + .nanoseconds(Int64(limits.idleTimeout * 1e9))
        reapTimer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            reapTimer = nil
            let limit = NIODeadline.now() - .nanoseconds(Int64(limits.idleTimeout * 1e9))
            while processCount > 1, let oldest = idle.first, oldest.idleSince <= limit { oldest.stop() }
            reapIdleProcesses()
        }
    }

    /// Stops every process. The future succeeds when all have ended.
    func shutDown() -> EventLoopFuture<Void> {
        isShuttingDown = true
        while let invocation = waiting.removeFirst() { invocation.refuse(.shuttingDown) }
        waitTimer?.cancel()
        reapTimer?.cancel()
        backoffTimer?.cancel()
        let promise = loop.makePromise(of: Void.self)
        empty = promise
        if processes.isEmpty { promise.succeed() }
        for process in processes.values { process.stop() }
        return promise.futureResult
    }
}
