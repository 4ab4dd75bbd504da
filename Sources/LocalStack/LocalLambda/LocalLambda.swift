package import NIOCore
import ServiceLifecycle

/// AWS Lambda on one machine: runs the functions' executables and passes them invocations through the Runtime API.
///
/// ```swift
/// let lambda = LocalLambda(functions, eventLoop: loop, log: { print(String(buffer: $0)) })
/// await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
/// let result = try await lambda.invoke("GetHaiku", payload: event)
/// ```
///
/// Each process handles one invocation at a time. When all are busy, more are started, up to a limit; idle processes are
/// stopped after a while, except for one. A process that exceeds its timeout is killed, and one that has exited is
/// replaced; only the invocation that it worked on fails.
package struct LocalLambda: Service {
    package let functions: [LocalFunction]

    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var pools: [String: FunctionPool] = [:]
        var room: WaitingRoom?
    }

    private let limits: LambdaLimits
    private let log: LogSink
    private let logsAllInvocations: Bool

    /// Creates a Lambda without processes; ``start(endpoints:)`` starts them.
    ///
    /// - Parameters:
    ///   - eventLoop: Runs everything. A server on the same loop reaches a process without changing threads.
    ///   - logsAllInvocations: Whether each invocation is logged even when there are very many.
    ///   - log: Receives the functions' output and Lambda's lines.
    package init(
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

    /// Starts one process of each function and returns when each has requested an invocation or has failed.
    ///
    /// - Parameter endpoints: Environment variables with the endpoints of AWS services.
    package func start(endpoints: [String: String]) async {
        let started = eventLoop.flatSubmit {
            var warmUps: [EventLoopFuture<Void>] = []
            let room = state.value.room ?? WaitingRoom(limits)
            state.value.room = room
            for function in functions where state.value.pools[function.name] == nil {
                let pool = FunctionPool(
                    function,
                    limits: limits,
                    log: FunctionLog(
                        function: function.name,
                        logsAllInvocations: logsAllInvocations,
                        loop: eventLoop,
                        sink: log
                    ),
                    loop: eventLoop,
                    environment: FunctionEnvironment(function, endpoints: endpoints),
                    room: room
                )
                state.value.pools[function.name] = pool
                warmUps.append(pool.warmUp())
            }
            return EventLoopFuture.andAllComplete(warmUps, on: eventLoop)
        }
        try? await started.get()
    }

    /// Invokes a function and returns its result.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - clientContext: JSON for the invocation's context, as mobile applications send it.
    ///   - traceHeader: The X-Ray trace header; by default, a new one that is not sampled.
    ///   - callerTimeout: How long the caller waits. When it is over, the result is
    ///     ``InvocationResult/Status/timedOut``, and the function continues.
    /// - Throws: ``InvocationRejection`` if the invocation did not reach the function.
    package func invoke(
        _ name: String,
        payload: ByteBuffer,
        clientContext: String? = nil,
        traceHeader: String? = nil,
        callerTimeout: Duration? = nil
    ) async throws -> InvocationResult {
        let invocation = try makeInvocation(payload, clientContext, traceHeader)
        if eventLoop.inEventLoop {
            submit(invocation, to: name, callerTimeout)
        } else {
            eventLoop.execute { submit(invocation, to: name, callerTimeout) }
        }
        return try await invocation.promise.futureResult.get()
    }

    /// Invokes a function, and returns as soon as a process has the invocation or it is queued. Its result is only logged.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - clientContext: JSON for the invocation's context, as mobile applications send it.
    /// - Throws: ``InvocationRejection`` if the invocation will not reach the function.
    package func begin(_ name: String, payload: ByteBuffer, clientContext: String? = nil) async throws {
        let invocation = try makeInvocation(payload, clientContext)
        let isAccepted = try await eventLoop.submit { submit(invocation, to: name) }.get()
        if !isAccepted { _ = try await invocation.promise.futureResult.get() }
    }

    private func makeInvocation(
        _ payload: ByteBuffer,
        _ clientContext: String?,
        _ traceHeader: String? = nil
    ) throws -> Invocation {
        guard payload.readableBytes <= LambdaLimits.maximumPayloadSize else {
            throw InvocationRejection.payloadTooLarge
        }
        return Invocation(
            id: Identifiers.requestID(),
            payload: payload,
            clientContext: clientContext,
            traceID: traceHeader ?? Identifiers.traceHeader(),
            arrival: .now,
            promise: eventLoop.makePromise(of: InvocationResult.self)
        )
    }

    /// Decides, before anything is done for a request, whether too many are under way already.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - endsConnection: Whether the client's connection ends with the response.
    /// - Returns: Always ``Admission/admitted(_:)`` off the event loop. The place may be used only on that loop.
    package func admission(of name: String, endsConnection: Bool = false) -> Admission {
        guard eventLoop.inEventLoop, let pool = state.value.pools[name] else { return .admitted(nil) }
        return pool.admission(endsConnection: endsConnection)
    }

    /// Returns false if the invocation was rejected.
    @discardableResult
    private func submit(_ invocation: Invocation, to name: String, _ callerTimeout: Duration? = nil) -> Bool {
        guard let pool = state.value.pools[name] else {
            invocation.reject(.unknownFunction)
            return false
        }
        guard pool.invoke(invocation) else { return false }
        // As a rule the function's own timeout comes first.
        guard let callerTimeout, pool.maximumLatency > callerTimeout else { return true }
        let timer = eventLoop.scheduleTask(in: TimeAmount(callerTimeout)) {
            let seconds = callerTimeout.seconds(decimals: 2)
            let message = "RequestId: \(invocation.id) Error: The caller stopped waiting after \(seconds) seconds"
            invocation.fail(.timedOut, ErrorPayload.make(type: "Sandbox.Timedout", message: message))
        }
        invocation.promise.futureResult.whenComplete { _ in timer.cancel() }
        return true
    }

    package func function(_ name: String) -> LocalFunction? {
        functions.first { $0.name == name }
    }

    /// The number of processes of each function.
    package func processCounts() async throws -> [String: Int] {
        try await eventLoop.submit { state.value.pools.mapValues(\.processCount) }.get()
    }

    /// Waits for graceful shutdown and then stops every process.
    package func run() async {
        try? await gracefulShutdown()
        await shutDown()
    }

    /// Stops every process and returns when all have exited. Queued invocations are rejected.
    package func shutDown() async {
        let stopped = eventLoop.flatSubmit {
            EventLoopFuture.andAllComplete(state.value.pools.values.map { $0.shutDown() }, on: eventLoop)
        }
        try? await stopped.get()
    }

    /// Kills every process at once and does not wait for them.
    package static func killAllProcesses() { ProcessRegistry.killAll() }
}
