import NIOCore

/// The processes of one function and the queue of its invocations. Performs the actions of
/// ``FunctionPoolStateMachine``.
///
/// Everything runs on one event loop, so that an invocation needs neither a lock nor a change of threads between the
/// gateway and the process.
final class FunctionPool {
    typealias StateMachine = FunctionPoolStateMachine<Invocation>

    let loop: any EventLoop
    let limits: LambdaLimits
    let log: FunctionLog
    private var state: StateMachine

    private let function: LocalFunction
    private let environment: FunctionEnvironment
    private var processes: [StateMachine.ProcessID: FunctionProcess] = [:]
    private var timers: [StateMachine.Timer: Scheduled<Void>] = [:]
    private var warmUps: [EventLoopPromise<Void>] = []
    private var shutDowns: [EventLoopPromise<Void>] = []

    init(
        _ function: LocalFunction,
        limits: LambdaLimits,
        log: FunctionLog,
        loop: any EventLoop,
        environment: FunctionEnvironment
    ) {
        self.function = function
        self.limits = limits
        self.log = log
        self.loop = loop
        self.environment = environment
        state = StateMachine(limits: limits)
    }

    /// The number of processes that have not been told to exit.
    var processCount: Int { state.processCount }

    /// The longest time from an invocation's arrival to its completion.
    var maximumLatency: Duration { limits.queueTimeout + .seconds(function.timeout) }

    /// Starts one process ahead of the first invocation. The future succeeds when the process has requested an invocation
    /// or has failed.
    func warmUp() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        warmUps.append(promise)
        perform(state.warmUp(at: .now))
        return promise.futureResult
    }

    /// Whether no process is idle.
    var isBusy: Bool { !state.hasIdleProcess }

    /// Whether to read the body of a request for the function. Counts a rejection if not.
    func admitsInvocation() -> Bool {
        if state.admitsInvocation(at: .now) { return true }
        log.countRejection()
        return false
    }

    /// Returns false if the invocation was rejected.
    func invoke(_ invocation: Invocation) -> Bool {
        let actions = state.invoke(invocation, at: .now)
        perform(actions)
        return !actions.contains { if case .reject = $0 { true } else { false } }
    }

    /// Stops every process. The future succeeds when all have exited.
    func shutDown() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        shutDowns.append(promise)
        perform(state.shutDown())
        return promise.futureResult
    }

    // MARK: Events of processes

    func processDidBecomeIdle(_ process: FunctionProcess) {
        perform(state.processDidBecomeIdle(process.id, at: .now))
    }

    func processDidBecomeUnavailable(_ process: FunctionProcess) {
        state.processDidBecomeUnavailable(process.id, at: .now)
    }

    func processWillExit(_ process: FunctionProcess) { state.processWillExit(process.id) }

    func processDidExit(_ process: FunctionProcess) {
        processes[process.id] = nil
        perform(state.processDidExit(process.id, at: .now))
    }

    func processDidFailInit(_ process: FunctionProcess, _ error: ByteBuffer) {
        processes[process.id] = nil
        perform(state.processDidFailInit(process.id, error))
    }

    // MARK: Actions

    private func perform(_ actions: [StateMachine.Action]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: StateMachine.Action) {
        switch action {
        case .startProcess(let id):
            let process = FunctionProcess(id: id, function, pool: self, environment: environment)
            processes[id] = process
            process.start()
        case .stopProcess(let id):
            processes[id]?.stop()
        case .deliver(let invocation, let id):
            processes[id]?.deliver(invocation)
        case .reject(let invocation, let rejection):
            if rejection == .tooManyRequests { log.countRejection() }
            invocation.reject(rejection)
        case .failInit(let invocation, let error):
            invocation.fail(.initFailed, error)
        case .logInitFailure(let error, let attempt, let delay):
            log.initDidFail(error, attempt: attempt, retryAfter: delay)
        case .scheduleTimer(let timer, let delay):
            timers[timer]?.cancel()
            timers[timer] = loop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [self] in
                timers[timer] = nil
                perform(state.timerDidExpire(timer, at: .now))
            }
        case .cancelTimer(let timer):
            timers.removeValue(forKey: timer)?.cancel()
        case .completeWarmUp:
            complete(&warmUps)
        case .completeShutDown:
            complete(&shutDowns)
        }
    }

    private func complete(_ promises: inout [EventLoopPromise<Void>]) {
        let completed = promises
        promises = []
        for promise in completed { promise.succeed() }
    }
}
