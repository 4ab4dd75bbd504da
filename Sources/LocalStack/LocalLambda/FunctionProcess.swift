import Glibc
import LocalHTTP
import NIOCore
import NIOHTTP1
import NIOPosix

/// One process of a function with a Runtime API endpoint of its own: performs what ``FunctionProcessStateMachine`` decides,
/// on the pool's event loop.
final class FunctionProcess {
    typealias StateMachine = FunctionProcessStateMachine<Invocation>

    let id: FunctionPool.StateMachine.ProcessID

    private var state: StateMachine
    private let function: LocalFunction
    private let pool: FunctionPool
    private let environment: FunctionEnvironment
    private var child: ChildProcess?
    private var listener: (any Channel)?
    private var connections: [StateMachine.ConnectionID: RuntimeAPIHandler] = [:]
    private var lastConnectionID = 0
    private var timer: Scheduled<Void>?
    private var memory = PeakMemory()
    /// Whether START, END and REPORT of the current invocation are logged.
    private var isInvocationLogged = true

    /// A runtime needs one connection. Many would take the descriptors that the other services need.
    private static let maximumConnections = 8
    private struct TooManyConnections: Error {}

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

    func handle(_ request: RuntimeRequest, _ body: RuntimeRequestBody, on connection: StateMachine.ConnectionID) {
        switch request {
        case .next:
            perform(state.runtimeRequestedNext(on: connection, at: .now))
        case .response(let id):
            let outcome = body.content.map { InvocationCompletion<Invocation>.Outcome.success($0) } ?? .responseTooLarge
            perform(state.runtimeCompleted(id, outcome, on: connection, at: .now))
        case .error(let id):
            let type = body.errorType ?? "Unhandled"
            let outcome = InvocationCompletion<Invocation>.Outcome.functionError(type: type, body.error(ofType: type))
            perform(state.runtimeCompleted(id, outcome, on: connection, at: .now))
        case .initError:
            let error = body.error(ofType: body.errorType ?? "Runtime.Unknown")
            perform(state.runtimeReportedInitError(error, on: connection))
        }
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
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
            }
            .bind(host: "127.0.0.1", port: 0)
            .assumeIsolated()
            .whenComplete { [self] in
                switch $0 {
                case .success(let listener):
                    self.listener = listener
                    perform(state.spawnIsDue())
                case .failure(let error):
                    perform(state.didFailToSpawn("\(error)"))
                }
            }
    }

    /// - Throws: If there are too many connections; NIO closes this one then.
    private func accept(_ channel: any Channel) throws {
        guard connections.count < Self.maximumConnections else { throw TooManyConnections() }
        lastConnectionID += 1
        let id = lastConnectionID
        let handler = RuntimeAPIHandler(id: id, process: self)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandlers([AmbiguousRequestHandler(), handler])
        connections[id] = handler
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            connections[id] = nil
            perform(state.connectionDidClose(id))
        }
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
                environment: environment.variables(runtimeAPI: "127.0.0.1:\(listener?.localAddress?.port ?? 0)"),
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
        listener?.close(promise: nil)
        listener = nil
        for connection in connections.values { connection.close() }
    }

    private func send(_ invocation: Invocation, on connection: StateMachine.ConnectionID) {
        isInvocationLogged = pool.log.invocationDidStart(invocation.id)
        connections[connection]?.send(invocation, timeout: function.timeout, functionARN: environment.functionARN)
    }

    private func complete(_ completion: InvocationCompletion<Invocation>) {
        let report = InvocationReport(
            completion,
            timeout: function.timeout,
            memorySize: function.memorySize,
            maxMemoryUsed: memory.value(of: child, at: .now)
        )
        if isInvocationLogged || report.isFailure { pool.log.report(report) }
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
