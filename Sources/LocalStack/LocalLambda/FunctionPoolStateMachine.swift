import NIOCore

/// Assigns the invocations of one function to processes, and decides when processes are started and stopped, without a
/// process, a timer or a clock.
///
/// Each method is an event. It returns the actions that ``FunctionPool`` has to perform, in that order.
///
/// A process is in one of these states, which follow those of its ``FunctionProcessStateMachine``:
///
/// | from | event | to |
/// |---|---|---|
/// | – | `startProcess` | starting |
/// | starting, idle, finishing | `processDidBecomeIdle` | idle; busy if an invocation is queued; stopping at shutdown |
/// | idle | `invoke` | busy |
/// | busy, idle | `processDidBecomeUnavailable` | finishing |
/// | idle | idle timer | stopping |
/// | any | `processWillExit` | stopping |
/// | any | `processDidExit`, `processDidFailInit` | – |
package struct FunctionPoolStateMachine<Invocation: PoolInvocation> {
    package typealias Instant = ContinuousClock.Instant
    package typealias ProcessID = Int

    package enum Timer: Hashable, CaseIterable {
        /// Expires when the oldest queued invocation has waited too long.
        case queue
        /// Expires when the process that has been idle longest has reached the idle timeout.
        case idle
        /// Expires when a process may be started again after one failed to start.
        case backoff
    }

    package enum Action {
        case startProcess(ProcessID)
        /// Ask the process to exit. A busy one may finish its invocation.
        case stopProcess(ProcessID)
        case deliver(Invocation, to: ProcessID)
        case reject(Invocation, InvocationRejection)
        /// Fail the invocation, since the function cannot be started.
        case failInit(Invocation, Invocation.Payload)
        case logInitFailure(Invocation.Payload, attempt: Int, retryAfter: Duration)
        /// Start the timer, or restart it if it runs.
        case scheduleTimer(Timer, after: Duration)
        case cancelTimer(Timer)
        /// The first process is idle, or has failed to start.
        case completeWarmUp
        /// All processes have exited.
        case completeShutDown
    }

    fileprivate enum ProcessState {
        case idle, stopping
        /// Starting, busy with an invocation, or about to request the next one. The instant is when the process
        /// started, received the invocation, or lost its connection while idle.
        case starting(Instant), busy(Instant), finishing(Instant)
    }

    private let limits: LambdaLimits
    private var processes: [ProcessID: ProcessState] = [:]
    private var lastProcessID = 0
    /// The last one was busy most recently and is the next to be used, so that the others become old enough to be stopped.
    private var idle: [(id: ProcessID, since: Instant)] = []
    private var queue = CircularBuffer<Invocation>()
    /// The size of all queued payloads.
    private var queuedBytes = 0
    private var admission = AdmissionControl()
    private var runningTimers: Set<Timer> = []
    private var backoff = Backoff<Invocation.Payload>()
    private var isWarmingUp = false
    private var isShuttingDown = false

    package init(limits: LambdaLimits) { self.limits = limits }

    /// The number of processes that have not been told to exit.
    package var processCount: Int { processes.values.count { if case .stopping = $0 { false } else { true } } }

    /// Whether an invocation would fail at once, without a process and without waiting.
    package var failsFast: Bool { isShuttingDown || initFailure != nil }

    package var hasIdleProcess: Bool { !idle.isEmpty }

    /// Whether an invocation would get a process soon, or fail at once.
    package func admitsInvocation(at now: Instant) -> Bool {
        if !idle.isEmpty || failsFast { return true }
        let ages = processes.values.lazy.compactMap { $0.start?.duration(to: now) }
        let unused = limits.concurrency - processCount
        return admission.expectedWait(queued: queue.count, ages: ages, unused: unused) < limits.maximumExpectedWait
    }

    /// Why the function failed to start, while it has no process and the backoff lasts.
    private var initFailure: Invocation.Payload? { processCount == 0 ? backoff.failure : nil }

    // MARK: Events of the pool

    /// Starts a process ahead of the first invocation.
    package mutating func warmUp(at now: Instant) -> [Action] {
        isWarmingUp = true
        return [startProcess(at: now)]
    }

    package mutating func invoke(_ invocation: Invocation, at now: Instant) -> [Action] {
        guard !isShuttingDown else { return [.reject(invocation, .shuttingDown)] }
        if let process = idle.popLast() {
            processes[process.id] = .busy(now)
            return [.deliver(invocation, to: process.id)]
        }
        if let initFailure { return [.failInit(invocation, initFailure)] }
        guard queuedBytes + invocation.size <= limits.maximumQueuedBytes, admitsInvocation(at: now) else {
            return [.reject(invocation, .tooManyRequests)]
        }
        queue.append(invocation)
        queuedBytes += invocation.size
        return startProcessIfNeeded(at: now) + scheduleQueueTimer(at: now)
    }

    package mutating func timerDidExpire(_ timer: Timer, at now: Instant) -> [Action] {
        runningTimers.remove(timer)
        switch timer {
        case .queue: return rejectExpiredInvocations(at: now)
        case .idle: return stopIdleProcesses(at: now)
        case .backoff:
            backoff.expire()
            // The processes that existed when this one failed to start may have exited since.
            return startProcessIfNeeded(at: now)
        }
    }

    package mutating func shutDown() -> [Action] {
        isShuttingDown = true
        var actions: [Action] = []
        while let invocation = dequeue() { actions.append(.reject(invocation, .shuttingDown)) }
        for timer in Timer.allCases where runningTimers.remove(timer) != nil { actions.append(.cancelTimer(timer)) }
        for id in processes.keys.sorted() { actions.append(.stopProcess(id)) }
        if processes.isEmpty { actions.append(.completeShutDown) }
        return actions
    }

    // MARK: Events of processes

    package mutating func processDidBecomeIdle(_ id: ProcessID, at now: Instant) -> [Action] {
        var actions: [Action] = []
        backoff.reset()
        if runningTimers.remove(.backoff) != nil { actions.append(.cancelTimer(.backoff)) }
        completeWarmUp(&actions)
        idle.removeAll { $0.id == id }
        if case .finishing(let start) = processes[id] { admission.record(start.duration(to: now)) }
        if isShuttingDown {
            processes[id] = .stopping
            actions.append(.stopProcess(id))
        } else if let invocation = dequeue() {
            processes[id] = .busy(now)
            actions.append(.deliver(invocation, to: id))
            // During a backoff no process was started, even if several were needed.
            actions += startProcessIfNeeded(at: now)
        } else {
            processes[id] = .idle
            idle.append((id: id, since: now))
            actions += scheduleIdleTimer(at: now)
        }
        return actions
    }

    /// The process has responded, or has lost its connection, and has not requested its next invocation yet.
    package mutating func processDidBecomeUnavailable(_ id: ProcessID, at now: Instant) {
        idle.removeAll { $0.id == id }
        processes[id] = .finishing(processes[id]?.start ?? now)
    }

    /// The process has been told to exit, or has been killed.
    package mutating func processWillExit(_ id: ProcessID) {
        idle.removeAll { $0.id == id }
        processes[id] = .stopping
    }

    package mutating func processDidExit(_ id: ProcessID, at now: Instant) -> [Action] {
        var actions = remove(id)
        // A process that is stopped while it starts neither becomes idle nor fails.
        if isShuttingDown { completeWarmUp(&actions) }
        return actions + startProcessIfNeeded(at: now)
    }

    /// The process has exited, or was never started, before it requested an invocation.
    package mutating func processDidFailInit(_ id: ProcessID, _ error: Invocation.Payload) -> [Action] {
        var actions = remove(id)
        completeWarmUp(&actions)
        let delay = backoff.fail(with: error)
        actions.append(.logInitFailure(error, attempt: backoff.attempts, retryAfter: delay))
        runningTimers.insert(.backoff)
        actions.append(.scheduleTimer(.backoff, after: delay))
        // Otherwise another process serves what is queued.
        guard processCount == 0 else { return actions }
        while let invocation = dequeue() { actions.append(.failInit(invocation, error)) }
        return actions
    }

    private mutating func remove(_ id: ProcessID) -> [Action] {
        processes[id] = nil
        idle.removeAll { $0.id == id }
        return processes.isEmpty && isShuttingDown ? [.completeShutDown] : []
    }

    private mutating func completeWarmUp(_ actions: inout [Action]) {
        if isWarmingUp { actions.append(.completeWarmUp) }
        isWarmingUp = false
    }

    // MARK: Starting processes

    private mutating func startProcess(at now: Instant) -> Action {
        lastProcessID += 1
        processes[lastProcessID] = .starting(now)
        return .startProcess(lastProcessID)
    }

    private mutating func startProcessIfNeeded(at now: Instant) -> [Action] {
        guard !isShuttingDown, backoff.failure == nil, processCount < limits.concurrency else { return [] }
        let available = processes.values.count { $0.willSoonBeIdle }
        return queue.count > available ? [startProcess(at: now)] : []
    }

    // MARK: The queue

    private mutating func dequeue() -> Invocation? {
        guard let invocation = queue.popFirst() else { return nil }
        queuedBytes -= invocation.size
        return invocation
    }

    /// Invocations are queued in the order of their arrival, so that one timer, for the first of them, is enough.
    private mutating func scheduleQueueTimer(at now: Instant) -> [Action] {
        guard let first = queue.first, runningTimers.insert(.queue).inserted else { return [] }
        let delay = now.duration(to: first.arrival + limits.queueTimeout)
        return [.scheduleTimer(.queue, after: max(delay, .zero))]
    }

    private mutating func rejectExpiredInvocations(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while let first = queue.first, first.arrival + limits.queueTimeout <= now, let expired = dequeue() {
            actions.append(.reject(expired, .tooManyRequests))
        }
        return actions + scheduleQueueTimer(at: now)
    }

    // MARK: Stopping idle processes

    private mutating func scheduleIdleTimer(at now: Instant) -> [Action] {
        guard processCount > 1, let oldest = idle.first, runningTimers.insert(.idle).inserted else { return [] }
        let delay = now.duration(to: oldest.since + limits.idleTimeout)
        return [.scheduleTimer(.idle, after: max(delay, .zero))]
    }

    /// Keeps one process.
    private mutating func stopIdleProcesses(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while processCount > 1, let oldest = idle.first, oldest.since + limits.idleTimeout <= now {
            processWillExit(oldest.id)
            actions.append(.stopProcess(oldest.id))
        }
        return actions + scheduleIdleTimer(at: now)
    }
}

extension FunctionPoolStateMachine.ProcessState {
    /// The instant of the state; nil if the process is idle or stopping.
    fileprivate var start: FunctionPoolStateMachine.Instant? {
        switch self {
        case .idle, .stopping: nil
        case .starting(let start), .busy(let start), .finishing(let start): start
        }
    }

    /// Whether the process is about to request an invocation.
    fileprivate var willSoonBeIdle: Bool {
        switch self {
        case .starting, .finishing: true
        case .idle, .busy, .stopping: false
        }
    }
}
