import Glibc
import HTTPServer
import NIOCore

/// One process of a function with a Runtime API endpoint of its own, on the pool's event loop. Performs the actions of
/// ``FunctionProcessStateMachine``.
final class FunctionProcess {
    typealias StateMachine = FunctionProcessStateMachine<Invocation>

    let id: FunctionPool.StateMachine.ProcessID

    private var state: StateMachine
    private let function: LocalFunction
    private let pool: FunctionPool
    private let environment: FunctionEnvironment
    private var child: ChildProcess?
    private var server: HTTPServer?
    private var connections: [StateMachine.ConnectionID: RuntimeAPIResponder] = [:]
    private var lastConnectionID = 0
    private var timer: Scheduled<Void>?
    private var memory = PeakMemory()

    private static let serverConfiguration: HTTPServer.Configuration = {
        var configuration = HTTPServer.Configuration()
        // A runtime needs one connection. Many would take the descriptors that the other services need.
        configuration.maximumConnections = 8
        configuration.idleTimeout = .hours(24)
        configuration.hostNames = ["localhost", "127.0.0.1"]
        configuration.bodies = BodyBudget(bytes: .max)
        configuration.allowsHalfClosure = false
        return configuration
    }()

    private var loop: any EventLoop { pool.loop }

    init(
        id: FunctionPool.StateMachine.ProcessID,
        _ function: LocalFunction,
        pool: FunctionPool,
        environment: FunctionEnvironment
    ) {
        self.id = id
        self.function = function
        self.pool = pool
        self.environment = environment
        state = StateMachine(
            timeouts: StateMachine.Timeouts(
                initialization: pool.limits.initTimeout,
                invocation: .seconds(function.timeout),
                reconnect: pool.limits.reconnectTimeout,
                stop: pool.limits.stopTimeout
            )
        )
    }

    // MARK: Events of the pool

    func start() { perform(state.start(at: .now)) }

    /// Delivers the invocation to the process, which must be idle.
    func deliver(_ invocation: Invocation) { perform(state.deliver(invocation, at: .now)) }

    /// Asks the process to exit, and kills it if it does not.
    func stop() { perform(state.stop()) }

    // MARK: Events of the Runtime API

    func runtimeRequestedNext(on connection: StateMachine.ConnectionID) {
        perform(state.runtimeRequestedNext(on: connection, at: .now))
    }

    func runtimeCompleted(
        _ id: String,
        _ outcome: InvocationCompletion<Invocation>.Outcome,
        on connection: StateMachine.ConnectionID
    ) {
        perform(state.runtimeCompleted(id, outcome, on: connection, at: .now))
    }

    func runtimeReportedInitError(_ error: ByteBuffer, on connection: StateMachine.ConnectionID) {
        perform(state.runtimeReportedInitError(error, on: connection))
    }

    func connectionDidClose(_ connection: StateMachine.ConnectionID) {
        connections[connection] = nil
        perform(state.connectionDidClose(connection))
    }

    // MARK: Actions

    private func perform(_ actions: [StateMachine.Action]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: StateMachine.Action) {
        switch action {
        case .listen: listen()
        case .spawn: spawn()
        case .retrySpawn(let delay): schedule(after: delay) { $0.perform($0.state.spawnIsDue()) }
        case .scheduleTimer(let timer, let delay):
            self.timer?.cancel()
            self.timer = schedule(after: delay) { $0.perform($0.state.timerDidExpire(timer, at: .now)) }
        case .cancelTimer: timer?.cancel()
        case .sendInvocation(let invocation, let connection): send(invocation, on: connection)
        case .respond(let response, let connection): connections[connection]?.respond(response)
        case .complete(let completion): complete(completion)
        case .terminate: child?.signal(SIGTERM)
        case .kill: child?.signal(SIGKILL)
        case .pollForExit(let delay): schedule(after: delay) { $0.pollForExit() }
        case .closeEndpoint: closeEndpoint()
        case .log(let message): pool.log.log(message)
        case .notifyPool(let event): notifyPool(event)
        }
    }

    @discardableResult
    private func schedule(after delay: Duration, _ action: @escaping (FunctionProcess) -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { action(self) }
    }

    private func listen() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        HTTPServer.listen(Self.serverConfiguration, on: loop) { bound.value.makeResponder() }
            .assumeIsolated().whenComplete { [self] in
                switch $0 {
                case .success(let server):
                    self.server = server.value
                    perform(state.spawnIsDue())
                case .failure(let error):
                    perform(state.didFailToSpawn("\(error)"))
                }
            }
    }

    private func makeResponder() -> RuntimeAPIResponder {
        lastConnectionID += 1
        let responder = RuntimeAPIResponder(id: lastConnectionID, process: self, eventLoop: loop)
        connections[lastConnectionID] = responder
        return responder
    }

    private func spawn() {
        do {
            let bound = NIOLoopBound(self, eventLoop: loop)
            let output = try pool.log.makeOutputPipe {
                let process = bound.value
                process.perform(process.state.outputDidEnd())
            }
            defer { close(output) }
            child = try ChildProcess(
                executable: function.executable,
                environment: environment.variables(runtimeAPI: "127.0.0.1:\(server?.port ?? 0)"),
                directory: environment.taskRoot,
                output: output
            )
            state.didSpawn()
        } catch let error as ChildProcess.StartError where error.isExecutableBusy {
            perform(state.executableIsBusy("\(error)"))
        } catch {
            perform(state.didFailToSpawn("\(error)"))
        }
    }

    private func pollForExit() {
        guard let child else { return }
        guard let status = child.reap() else { return perform(state.isStillRunning()) }
        self.child = nil
        perform(state.didExit(status, at: .now))
    }

    /// Closes the connections too: the process's own have ended with it, but other clients may be connected.
    private func closeEndpoint() {
        server?.close()
        server = nil
    }

    private func send(_ invocation: Invocation, on connection: StateMachine.ConnectionID) {
        pool.log.invocationDidStart(invocation.id)
        connections[connection]?.send(invocation, timeout: function.timeout, functionARN: environment.functionARN)
    }

    private func complete(_ completion: InvocationCompletion<Invocation>) {
        let report = InvocationReport(
            completion,
            timeout: function.timeout,
            memorySize: function.memorySize,
            maxMemoryUsed: memory.value(of: child, at: .now)
        )
        pool.log.report(report)
        completion.invocation.complete(completion.outcome, timeout: function.timeout)
    }

    private func notifyPool(_ event: StateMachine.PoolEvent) {
        switch event {
        case .didBecomeIdle: pool.processDidBecomeIdle(self)
        case .didBecomeUnavailable: pool.processDidBecomeUnavailable(self)
        case .willExit: pool.processWillExit(self)
        case .didExit: pool.processDidExit(self)
        case .didFailInit(let failure):
            pool.processDidFailInit(self, ErrorPayload.make(failure, initTimeout: pool.limits.initTimeout))
        }
    }
}
