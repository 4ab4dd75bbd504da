package import NIOCore
import ServiceLifecycle

/// AWS Lambda on one machine: runs the functions' executables and passes them invocations through the Runtime API.
///
/// ```swift
/// let lambda = LocalLambda(functions, eventLoop: loop, log: { print(String(buffer: $0)) })
/// await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"])
/// let result = try await lambda.invoke("GetHaiku", payload: event).get()
/// ```
///
/// Each process handles one invocation at a time. When all are busy, more are started, up to a limit; idle processes are
/// stopped after a while, except for one. A process that exceeds its timeout is killed, and one that has exited is
/// replaced; only the invocation that it worked on fails.
package struct LocalLambda: Service {
    package let functions: [LocalFunction]

    package let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var pools: [String: FunctionPool] = [:]
        var rejections = RejectionSchedule()
    }

    private let limits: LambdaLimits
    private let log: LogSink
    private let logsInvocations: Bool

    /// Creates a Lambda without processes; ``start(endpoints:)`` starts them.
    ///
    /// - Parameters:
    ///   - eventLoop: Runs everything. A server on the same loop reaches a process without changing threads.
    ///   - logsInvocations: Whether START, END and REPORT of invocations that succeed are logged.
    ///   - log: Receives the functions' output and Lambda's lines.
    package init(
        _ functions: [LocalFunction],
        limits: LambdaLimits = LambdaLimits(),
        eventLoop: any EventLoop,
        logsInvocations: Bool = false,
        log: @escaping LogSink
    ) {
        self.functions = functions
        self.eventLoop = eventLoop
        self.limits = limits
        self.log = log
        self.logsInvocations = logsInvocations
        state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Starts one process of each function and returns when each has requested an invocation or has failed.
    ///
    /// - Parameter endpoints: Environment variables with the endpoints of AWS services.
    package func start(endpoints: [String: String]) async {
        let started = eventLoop.flatSubmit {
            var warmUps: [EventLoopFuture<Void>] = []
            for function in functions where state.value.pools[function.name] == nil {
                let pool = FunctionPool(
                    function,
                    limits: limits,
                    log: FunctionLog(
                        function: function.name,
                        logsInvocations: logsInvocations,
                        loop: eventLoop,
                        sink: log
                    ),
                    loop: eventLoop,
                    environment: FunctionEnvironment(function, endpoints: endpoints)
                )
                state.value.pools[function.name] = pool
                warmUps.append(pool.warmUp())
            }
            return EventLoopFuture.andAllComplete(warmUps, on: eventLoop)
        }
        try? await started.get()
    }

    /// Invokes a function. The future fails with an ``InvocationRejection`` if the invocation is rejected.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - clientContext: JSON for the invocation's context, as mobile applications send it.
    ///   - traceHeader: The X-Ray trace header; by default, a new one that is not sampled.
    ///   - callerTimeout: How long the caller waits. After that, the result is
    ///     ``InvocationResult/Status/timedOut``, and the function continues.
    package func invoke(
        _ name: String,
        payload: ByteBuffer,
        clientContext: String? = nil,
        traceHeader: String? = nil,
        callerTimeout: Duration? = nil
    ) -> EventLoopFuture<InvocationResult> {
        guard let invocation = makeInvocation(payload, clientContext, traceHeader) else {
            return eventLoop.makeFailedFuture(InvocationRejection.payloadTooLarge)
        }
        if eventLoop.inEventLoop {
            submit(invocation, to: name, callerTimeout)
        } else {
            eventLoop.execute { submit(invocation, to: name, callerTimeout) }
        }
        return invocation.promise.futureResult
    }

    /// Invokes a function. The future succeeds as soon as a process has the invocation or it is queued, and fails with an
    /// ``InvocationRejection`` otherwise. The result is only logged.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - clientContext: JSON for the invocation's context, as mobile applications send it.
    package func begin(
        _ name: String,
        payload: ByteBuffer,
        clientContext: String? = nil
    ) -> EventLoopFuture<Void> {
        guard let invocation = makeInvocation(payload, clientContext) else {
            return eventLoop.makeFailedFuture(InvocationRejection.payloadTooLarge)
        }
        return eventLoop.flatSubmit {
            submit(invocation, to: name)
                ? eventLoop.makeSucceededVoidFuture() : invocation.promise.futureResult.map { _ in }
        }
    }

    private func makeInvocation(
        _ payload: ByteBuffer,
        _ clientContext: String?,
        _ traceHeader: String? = nil
    ) -> Invocation? {
        guard payload.readableBytes <= LambdaLimits.maximumPayloadSize else { return nil }
        return Invocation(
            id: Identifiers.requestID(),
            payload: payload,
            clientContext: clientContext,
            traceID: traceHeader ?? Identifiers.traceHeader(),
            arrival: .now,
            promise: eventLoop.makePromise(of: InvocationResult.self)
        )
    }

    /// Whether an invocation of any function may have to wait. Must be called on the event loop.
    package var mayReject: Bool { state.value.pools.values.contains { $0.isBusy } }

    /// Decides, before the body of a request is read, whether an invocation would wait too long. Must be called on the event
    /// loop.
    ///
    /// - Returns: When to reject the request; nil if it is admitted.
    package func rejectionTime(of name: String) -> NIODeadline? {
        guard let pool = state.value.pools[name], !pool.admitsInvocation() else { return nil }
        return state.value.rejections.next(at: .now())
    }

    /// Returns false if the invocation was rejected.
    @discardableResult
    private func submit(_ invocation: Invocation, to name: String, _ callerTimeout: Duration? = nil) -> Bool {
        guard let pool = state.value.pools[name] else {
            invocation.reject(.unknownFunction)
            return false
        }
        guard pool.invoke(invocation) else { return false }
        // Usually the function's own timeout expires first.
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
