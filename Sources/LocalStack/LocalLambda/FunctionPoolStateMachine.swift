/// Which process of a function handles which invocation, how many processes there are, and when they are started and
/// stopped: all decisions of ``FunctionPool``, without a process, a timer or a clock.
///
/// Each method is an event. It returns the actions that ``FunctionPool`` has to perform, in that order.
///
/// A process is in one of these states, which follow those of its ``FunctionProcessStateMachine``:
///
/// | from | event | to |
/// |---|---|---|
/// | – | `startProcess` | starting |
/// | starting, finishing | `processDidBecomeIdle` | idle, or busy if an invocation is queued |
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
        /// Expires when the process that has been idle longest is due to be stopped.
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

    private enum ProcessState {
        case starting, idle, busy, finishing, stopping
    }

    private let limits: LambdaLimits
    private var processes: [ProcessID: ProcessState] = [:]
    private var lastProcessID = 0
    /// The last one was busy most recently and is the next to be used, so that the others become old enough to be stopped.
    private var idle: [(id: ProcessID, since: Instant)] = []
    private var queue: InvocationQueue<Invocation>
    private var runningTimers: Set<Timer> = []
    private var backoff = Backoff<Invocation.Payload>()
    private var isWarmingUp = false
    private var isShuttingDown = false

    package init(limits: LambdaLimits, room: WaitingRoom) {
        self.limits = limits
        queue = InvocationQueue(in: room, maximumBytes: limits.waitingBytes)
    }

    /// The number of processes that have not been told to exit.
    package var processCount: Int { processes.values.count { $0 != .stopping } }

    /// Whether an invocation would fail at once, without a process and without waiting.
    package var failsFast: Bool { isShuttingDown || initFailure != nil }

    /// Whether a process is idle or an invocation may be queued.
    package var acceptsInvocation: Bool { !idle.isEmpty || queue.hasRoom }

    /// Why the function cannot be started, while no other process exists and none may be started yet.
    private var initFailure: Invocation.Payload? { processCount == 0 ? backoff.failure : nil }

    // MARK: Events of the pool

    /// Starts a process ahead of the first invocation.
    package mutating func warmUp() -> [Action] {
        isWarmingUp = true
        return [startProcess()]
    }

    package mutating func invoke(_ invocation: Invocation, at now: Instant) -> [Action] {
        guard !isShuttingDown else { return [.reject(invocation, .shuttingDown)] }
        if let process = idle.popLast() {
            processes[process.id] = .busy
            return [.deliver(invocation, to: process.id)]
        }
        if let initFailure { return [.failInit(invocation, initFailure)] }
        guard queue.append(invocation) else { return [.reject(invocation, .tooManyRequests)] }
        return startProcessIfNeeded() + scheduleQueueTimer(at: now)
    }

    package mutating func timerDidExpire(_ timer: Timer, at now: Instant) -> [Action] {
        runningTimers.remove(timer)
        switch timer {
        case .queue: return rejectExpiredInvocations(at: now)
        case .idle: return stopIdleProcesses(at: now)
        case .backoff:
            backoff.expire()
            // The processes that existed when this one failed to start may have exited since.
            return startProcessIfNeeded()
        }
    }

    package mutating func shutDown() -> [Action] {
        isShuttingDown = true
        var actions: [Action] = []
        while let invocation = queue.removeFirst() { actions.append(.reject(invocation, .shuttingDown)) }
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
        if isShuttingDown {
            processes[id] = .stopping
            actions.append(.stopProcess(id))
        } else if let invocation = queue.removeFirst() {
            processes[id] = .busy
            actions.append(.deliver(invocation, to: id))
            // During a backoff no process was started, even if several were needed.
            actions += startProcessIfNeeded()
        } else {
            processes[id] = .idle
            idle.append((id: id, since: now))
            actions += scheduleIdleTimer(at: now)
        }
        return actions
    }

    /// The process has responded, or has lost its connection, and has not requested its next invocation yet.
    package mutating func processDidBecomeUnavailable(_ id: ProcessID) {
        idle.removeAll { $0.id == id }
        processes[id] = .finishing
    }

    /// The process has been told to exit, or has been killed.
    package mutating func processWillExit(_ id: ProcessID) {
        idle.removeAll { $0.id == id }
        processes[id] = .stopping
    }

    package mutating func processDidExit(_ id: ProcessID) -> [Action] {
        var actions = remove(id)
        // A process that is stopped while it starts neither becomes idle nor fails.
        if isShuttingDown { completeWarmUp(&actions) }
        return actions + startProcessIfNeeded()
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
        while let invocation = queue.removeFirst() { actions.append(.failInit(invocation, error)) }
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

    // MARK: More processes

    private mutating func startProcess() -> Action {
        lastProcessID += 1
        processes[lastProcessID] = .starting
        return .startProcess(lastProcessID)
    }

    private mutating func startProcessIfNeeded() -> [Action] {
        guard !isShuttingDown, backoff.failure == nil, processCount < limits.concurrency else { return [] }
        // These will request an invocation soon.
        let coming = processes.values.count { $0 == .starting || $0 == .finishing }
        return queue.count > coming ? [startProcess()] : []
    }

    // MARK: Invocations that wait too long

    /// Invocations are queued in the order of their arrival, so that one timer, for the first of them, is enough.
    private mutating func scheduleQueueTimer(at now: Instant) -> [Action] {
        guard let first = queue.first, runningTimers.insert(.queue).inserted else { return [] }
        let delay = now.duration(to: first.arrival + limits.waitingTime)
        return [.scheduleTimer(.queue, after: max(delay, .zero))]
    }

    private mutating func rejectExpiredInvocations(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while let first = queue.first, first.arrival + limits.waitingTime <= now, let expired = queue.removeFirst() {
            actions.append(.reject(expired, .tooManyRequests))
        }
        return actions + scheduleQueueTimer(at: now)
    }

    // MARK: Fewer processes

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
