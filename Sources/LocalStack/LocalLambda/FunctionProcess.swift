import Time
import Glibc
import LocalHTTP
import NIOCore
import NIOHTTP1
import NIOPosix

/// One process of a function with a Runtime API endpoint of its own: at most one invocation at a time.
///
/// All of it happens on the pool's event loop.
final class FunctionProcess {
    /// Where the process is in its life. The methods below are the only transitions.
    enum State {
        /// It has been, or is about to be, started, and has not asked for an invocation yet.
        case starting
        /// It waits in `next` on that connection.
        case idle(RuntimeAPIHandler)
        /// It works on the invocation, which was delivered at that time.
        case busy(Invocation, since: NIODeadline)
        /// It has replied, or lost its connection, and has not asked for the next invocation yet.
        case finishing(since: NIODeadline)
        /// It has been asked to end or has been killed.
        case stopping
        /// It has ended.
        case ended
    }

    let function: LocalFunction
    private(set) var state = State.starting
    /// When the process became idle.
    private(set) var idleSince = NIODeadline.now()

    private let pool: FunctionPool
    private let environment: FunctionEnvironment
    private let born = NIODeadline.now()
    private var child: ChildProcess?
    private var listener: (any Channel)?
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var timer: Scheduled<Void>?
    private var initDuration: TimeAmount?
    /// Whether ``initDuration`` is still to be reported: it is, with the first invocation.
    private var hasInitToReport = false
    private var memory = PeakMemory()
    /// Whether the current invocation's lines are printed.
    private var isReported = true
    private var isPollingForExit = false
    private var isWaitingForFile = false
    /// What the process said itself about its failure to start.
    private var initErrorPayload: ByteBuffer?

    /// A runtime needs one connection. Many would take the descriptors that everything else needs.
    private static let maximumConnections = 8
    private struct TooManyConnections: Error {}

    private var loop: any EventLoop { pool.loop }

    init(_ function: LocalFunction, pool: FunctionPool, environment: FunctionEnvironment) {
        self.function = function
        self.pool = pool
        self.environment = environment
    }

    // MARK: Starting

    /// Opens the endpoint and starts the process.
    func start() {
        timer = schedule(in: pool.limits.initTimeout) { $0.initTimedOut() }
        let bound = NIOLoopBound(self, eventLoop: loop)
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
            }
            .bind(host: "127.0.0.1", port: 0)
            .assumeIsolated()
            .whenComplete { self.spawn($0, bound) }
    }

    /// Serves a connection, or throws, upon which it is closed.
    private func accept(_ connection: any Channel) throws {
        guard connections.count < Self.maximumConnections else { throw TooManyConnections() }
        let pipeline = connection.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandlers([AmbiguousRequestHandler(), RuntimeAPIHandler(process: self)])
        let id = ObjectIdentifier(connection)
        connections[id] = connection
        connection.closeFuture.assumeIsolated().whenComplete { _ in self.connections[id] = nil }
    }

    private func spawn(_ binding: Result<any Channel, any Error>, _ bound: NIOLoopBound<FunctionProcess>) {
        do {
            let listener = try binding.get()
            self.listener = listener
            // It can be told to stop, or its time can be over, before there is anything to kill.
            guard case .starting = state, initErrorPayload == nil else { return finish(.unknown) }
            let output = try pool.log.outputPipe { bound.value.pollForExit() }
            defer { close(output) }
            child = try ChildProcess(
                executable: function.executable,
                environment: environment.variables(runtimeAPI: "127.0.0.1:\(listener.localAddress?.port ?? 0)"),
                directory: environment.taskRoot,
                output: output
            )
        } catch let error as ChildProcess.StartError where error.isBeingWritten {
            if !isWaitingForFile { pool.log.note("\(error); waiting until it is written") }
            isWaitingForFile = true
            loop.assumeIsolated().scheduleTask(in: .milliseconds(10)) { self.spawn(binding, bound) }
        } catch {
            pool.log.note("\(error)")
            initErrorPayload = ErrorPayload.make(type: "Runtime.InvalidEntrypoint", message: "\(error)")
            finish(.unknown)
        }
    }

    private func initTimedOut() {
        guard case .starting = state else { return }
        let message = "Init timed out after \(pool.limits.initTimeout.formatted(decimals: 2)) seconds"
        initErrorPayload = ErrorPayload.make(type: "Sandbox.Timedout", message: message)
        child?.signal(SIGKILL)
        pollForExit()
    }

    // MARK: The Runtime API

    /// The process asks for an invocation on that connection. Returns a refusal, or nil when the answer comes later.
    func next(_ connection: RuntimeAPIHandler) -> RuntimeAPIResponse? {
        switch state {
        case .starting:
            initDuration = .now() - born
            hasInitToReport = true
        case .finishing: break
        case .idle: break  // It has lost its connection and asks again.
        case .busy: return .invalidTransition("The invocation has not been replied to")
        case .stopping, .ended: return .invalidTransition("The process is being stopped")
        }
        timer?.cancel()
        timer = nil
        idleSince = .now()
        state = .idle(connection)
        pool.becameIdle(self)
        return nil
    }

    func response(to id: String, _ body: ByteBuffer) -> RuntimeAPIResponse {
        conclude(id) { $0.succeed(body) }
    }

    func error(in id: String, _ body: ByteBuffer, type: String?) -> RuntimeAPIResponse {
        let payload = body.readableBytes > 0 ? body : ErrorPayload.make(type: type ?? "Unhandled", message: "")
        return conclude(id, errorType: type ?? "Unhandled") { $0.fail(.functionError, payload) }
    }

    func oversizedResponse(to id: String) -> RuntimeAPIResponse {
        let payload = ErrorPayload.make(
            type: "Function.ResponseSizeTooLarge",
            message: "Response payload size exceeded maximum allowed payload size (\(LambdaLimits.replySize) bytes)."
        )
        let reply = conclude(id, errorType: "Function.ResponseSizeTooLarge") { $0.fail(.functionError, payload) }
        return reply.status == .accepted ? .payloadTooLarge : reply
    }

    func initError(_ body: ByteBuffer, type: String?) -> RuntimeAPIResponse {
        guard case .starting = state else { return .invalidTransition("The init phase is over") }
        initErrorPayload =
            body.readableBytes > 0 ? body : ErrorPayload.make(type: type ?? "Runtime.Unknown", message: "")
        return .accepted
    }

    private func conclude(_ id: String, errorType: String? = nil, _ answer: (Invocation) -> Void) -> RuntimeAPIResponse {
        guard case .busy(let invocation, let since) = state else {
            return .invalidTransition("There is no invocation to reply to")
        }
        guard invocation.id == id else { return .invalidRequestID }
        // The timer goes on: the time until the process asks for its next invocation counts too.
        state = .finishing(since: since)
        report(invocation, since: since, failure: errorType.map { .error($0) })
        answer(invocation)
        return .accepted
    }

    func connectionClosed(_ connection: RuntimeAPIHandler) {
        if case .idle(let current) = state, current === connection {
            state = .finishing(since: .now())
            timer = schedule(in: pool.limits.reconnectTimeout) { $0.timedOut() }
            pool.becameUnavailable(self)
        }
        if child != nil { pollForExit() }
    }

    // MARK: Invocations

    /// Hands the invocation to the process, which must be idle.
    func deliver(_ invocation: Invocation) {
        guard case .idle(let connection) = state else { preconditionFailure("the process is not idle") }
        let now = NIODeadline.now()
        state = .busy(invocation, since: now)
        timer = schedule(in: Double(function.timeout)) { $0.timedOut() }
        isReported = pool.log.start(invocation.id)
        connection.deliver(
            invocation,
            deadline: Int(WallClock.milliseconds()) + function.timeout * 1_000,
            functionARN: environment.functionARN
        )
    }

    private func timedOut() {
        switch state {
        case .busy(let invocation, let since):
            let seconds = Double(function.timeout).formatted(decimals: 2)
            let message = "RequestId: \(invocation.id) Error: Task timed out after \(seconds) seconds"
            report(invocation, since: since, failure: .timeout(seconds: seconds))
            invocation.fail(.timedOut, ErrorPayload.make(type: "Sandbox.Timedout", message: message))
        case .finishing:
            pool.log.note("has not asked for the next invocation in time and is killed")
        default:
            return
        }
        kill()
    }

    private func report(_ invocation: Invocation, since: NIODeadline, failure: InvocationReport.Failure?) {
        let now = NIODeadline.now()
        let report = InvocationReport(
            requestID: invocation.id,
            duration: now - since,
            initDuration: hasInitToReport ? initDuration : nil,
            memorySize: function.memorySize,
            maxMemoryUsed: memory.value(of: child, at: now),
            failure: failure
        )
        hasInitToReport = false
        if isReported || failure != nil { pool.log.report(report) }
    }

    // MARK: Ending

    /// Asks the process to end, and makes it end if it does not.
    func stop() {
        switch state {
        case .stopping, .ended: return
        case .busy: break  // It may still reply; if it does not, its end is the invocation's.
        case .starting, .idle, .finishing: state = .stopping
        }
        timer?.cancel()
        pool.becameUnavailable(self)
        child?.signal(SIGTERM)
        timer = schedule(in: pool.limits.stopTimeout) { $0.child?.signal(SIGKILL) }
        pollForExit()
    }

    private func kill() {
        timer?.cancel()
        state = .stopping
        pool.becameUnavailable(self)
        child?.signal(SIGKILL)
        pollForExit()
    }

    /// The process has closed its output or its connection, or is about to end: looks until it has.
    func pollForExit(after delay: TimeAmount = .milliseconds(1)) {
        guard !isPollingForExit, child != nil else { return }
        isPollingForExit = true
        loop.assumeIsolated().scheduleTask(in: delay) { [self] in
            isPollingForExit = false
            guard let child else { return }
            if let status = child.reap() { return finish(status) }
            if case .idle = state { return }
            pollForExit(after: min(delay * 2, .milliseconds(100)))
        }
    }

    private func finish(_ status: ExitStatus) {
        let last = state
        child = nil
        timer?.cancel()
        listener?.close(promise: nil)
        listener = nil
        // The process's own have ended with it; others would stay.
        for connection in connections.values { connection.close(promise: nil) }
        state = .ended
        switch last {
        case .starting:
            let message = "Runtime exited with error: \(status)"
            let payload = initErrorPayload ?? ErrorPayload.make(type: "Runtime.ExitError", message: message)
            pool.initFailed(self, payload)
        case .busy(let invocation, let since):
            let message = "RequestId: \(invocation.id) Error: Runtime exited with error: \(status)"
            report(invocation, since: since, failure: .exit("\(status)"))
            invocation.fail(.exited, ErrorPayload.make(type: "Runtime.ExitError", message: message))
            pool.ended(self)
        case .idle, .finishing:
            pool.log.note("ended between two invocations: \(status)")
            pool.ended(self)
        case .stopping, .ended:
            pool.ended(self)
        }
    }

    private func schedule(
        in seconds: Double,
        _ action: @escaping (FunctionProcess) -> Void
    ) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { action(self) }
    }
}
