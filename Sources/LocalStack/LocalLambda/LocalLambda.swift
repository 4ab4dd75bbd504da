public import NIOCore
public import ServiceLifecycle

/// AWS Lambda on one machine: runs the functions' real programs and hands them invocations through the Runtime API.
///
/// ```swift
/// let lambda = LocalLambda(functions, eventLoop: loop, log: { print(String(buffer: $0)) })
/// await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
/// let result = try await lambda.invoke("GetHaiku", payload: event)
/// ```
///
/// Each process handles one invocation at a time. When all are busy, more are started, up to a limit; those that are
/// idle for some time are stopped, but for one. A process that outlives its timeout is killed, one that has crashed is
/// replaced; either costs only the invocation it was working on.
public struct LocalLambda: Service {
    /// The functions.
    public let functions: [LocalFunction]

    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    /// What only the event loop touches.
    private struct State {
        var pools: [String: FunctionPool] = [:]
        var room: WaitingRoom?
    }

    private let limits: LambdaLimits
    private let log: LogSink
    private let logsAllInvocations: Bool

    /// A Lambda that has no process yet.
    ///
    /// - Parameters:
    ///   - functions: The functions.
    ///   - limits: How far to go.
    ///   - eventLoop: Where everything happens. A server on the same loop reaches a process without changing threads.
    ///   - logsAllInvocations: Whether each invocation is logged even when there are very many.
    ///   - log: Receives the functions' output and Lambda's lines.
    public init(
        _ functions: [LocalFunction],
        limits: LambdaLimits = LambdaLimits(),
        eventLoop: any EventLoop,
        logsAllInvocations: Bool = false,
        log: @escaping LogSink
    ) {
        self.functions = functions
        self.eventLoop = eventLoop
        self.limits = limits
        self.log = log
        self.logsAllInvocations = logsAllInvocations
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Starts one process of each function and returns when each has asked for an invocation or has failed.
    ///
    /// - Parameter endpoints: Environment variables that tell the functions where AWS's services are.
    public func start(endpoints: [String: String]) async {
        let started = eventLoop.flatSubmit {
            var warm: [EventLoopFuture<Void>] = []
            let room = state.value.room ?? WaitingRoom(limits)
            state.value.room = room
            for function in functions where state.value.pools[function.name] == nil {
                let pool = FunctionPool(
                    function,
                    limits: limits,
                    log: FunctionLog(
                        function: function.name,
                        showsAll: logsAllInvocations,
                        loop: eventLoop,
                        sink: log
                    ),
                    loop: eventLoop,
                    environment: FunctionEnvironment(function, endpoints: endpoints),
                    room: room
                )
                state.value.pools[function.name] = pool
                warm.append(pool.warmUp())
            }
            return EventLoopFuture.andAllComplete(warm, on: eventLoop)
        }
        try? await started.get()
    }

    /// Has the function called `name` handle `payload` and returns what became of it.
    ///
    /// - Parameters:
    ///   - clientContext: JSON for the invocation's context, as mobile applications send it.
    ///   - traceHeader: The X-Ray trace header; one is made up if there is none.
    ///   - answerWithin: How long the caller waits, in seconds. A function that takes longer goes on, but the result is
    ///     ``InvocationResult/Status/timedOut``.
    /// - Throws: ``InvocationRefusal`` when the function was not called at all.
    public func invoke(
        _ name: String,
        payload: ByteBuffer,
        clientContext: String? = nil,
        traceHeader: String? = nil,
        answerWithin: Double = .infinity
    ) async throws -> InvocationResult {
        let invocation = try makeInvocation(payload, clientContext, traceHeader)
        if eventLoop.inEventLoop {
            hand(invocation, to: name, answerWithin)
        } else {
            eventLoop.execute { hand(invocation, to: name, answerWithin) }
        }
        return try await invocation.promise.futureResult.get()
    }

    /// Has the function called `name` handle `payload`, and returns when it has, or waits for, a process. What becomes of
    /// it then, only the log says.
    ///
    /// - Parameter clientContext: JSON for the invocation's context, as mobile applications send it.
    /// - Throws: ``InvocationRefusal`` when the function will not be called.
    public func begin(_ name: String, payload: ByteBuffer, clientContext: String? = nil) async throws {
        let invocation = try makeInvocation(payload, clientContext)
        let isTaken = try await eventLoop.submit { hand(invocation, to: name, .infinity) }.get()
        if !isTaken { _ = try await invocation.promise.futureResult.get() }
    }

    private func makeInvocation(
        _ payload: ByteBuffer,
        _ clientContext: String?,
        _ traceHeader: String? = nil
    ) throws -> Invocation {
        guard payload.readableBytes <= LambdaLimits.payloadSize else { throw InvocationRejection.payloadTooLarge }
        return Invocation(
            id: Identifiers.requestID(),
            payload: payload,
            clientContext: clientContext,
            traceID: traceHeader ?? Identifiers.traceHeader(),
            arrival: .now(),
            promise: eventLoop.makePromise(of: InvocationResult.self)
        )
    }

    /// Asks, before anything is done for a request to the function called `name`, whether too many are under way already.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - endsConnection: Whether the client's connection ends with the answer.
    /// - Returns: Whether it may be tried; it may when this is not asked on the event loop. The place is for that loop only.
    public func admission(of name: String, endsConnection: Bool = false) -> Admission {
        guard eventLoop.inEventLoop, let pool = state.value.pools[name] else { return .admitted(nil) }
        return pool.admission(endsConnection: endsConnection)
    }

    /// Returns whether the invocation has not been refused.
    @discardableResult
    private func hand(_ invocation: Invocation, to name: String, _ limit: Double) -> Bool {
        guard let pool = state.value.pools[name] else {
            invocation.refuse(.unknownFunction)
            return false
        }
        guard pool.invoke(invocation) else { return false }
        // As a rule the function's own timeout comes first, and there is nothing to watch.
        guard pool.longestAnswer > limit, limit.isFinite else { return true }
        let watch = eventLoop.scheduleTask(in: .nanoseconds(Int64(limit * 1e9))) {
            let message = "RequestId: \(invocation.id) Error: The caller waited no longer than \(limit) seconds"
            invocation.fail(.timedOut, ErrorPayload.make(type: "Sandbox.Timedout", message: message))
        }
        invocation.promise.futureResult.whenComplete { _ in watch.cancel() }
        return true
    }

    /// The function of that name.
    public func function(_ name: String) -> LocalFunction? {
        functions.first { $0.name == name }
    }

    /// How many processes each function has.
    public func processCounts() async throws -> [String: Int] {
        try await eventLoop.submit { state.value.pools.mapValues(\.processCount) }.get()
    }

    /// Waits for the end of the service and then stops every process.
    public func run() async {
        try? await gracefulShutdown()
        await shutDown()
    }

    /// Stops every process and returns when all have ended. Invocations that wait are refused.
    public func shutDown() async {
        let ended = eventLoop.flatSubmit {
            EventLoopFuture.andAllComplete(state.value.pools.values.map { $0.shutDown() }, on: eventLoop)
        }
        try? await ended.get()
    }

    /// Kills every process at once, without waiting for anything.
    public static func killAllProcesses() { ProcessRegistry.killAll() }
}
