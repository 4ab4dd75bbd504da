import Time
package import Logging
package import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Takes invocations one after the other, has them handled, and reports what became of them. While it waits for an
/// invocation it blocks its thread, which is the event loop's: nothing else is to be done then.
package struct InvocationLoop<Handler: LambdaHandler>: ~Copyable {
    /// Lambda's limit for the reply to a synchronous invocation, in bytes (AWS Lambda Developer Guide, "Lambda quotas":
    /// 6 MB; the service's own error message gives this number).
    package static var maximumReplySize: Int { 6_291_556 }
    /// How long before the deadline the handler's task is cancelled.
    package static var reserve: Duration { .milliseconds(100) }

    private var api: RuntimeAPI
    private let handler: Handler
    private let eventLoop: any EventLoop
    private let executor: any TaskExecutor
    private let logger: Logger
    private let hooks: RuntimeHooks

    package init(
        api: consuming RuntimeAPI,
        handler: Handler,
        eventLoop: any EventLoop,
        executor: any TaskExecutor,
        logger: Logger,
        hooks: RuntimeHooks
    ) {
        self.api = api
        self.handler = handler
        self.eventLoop = eventLoop
        self.executor = executor
        self.logger = logger
        self.hooks = hooks
    }

    /// Never returns by itself.
    ///
    /// - Throws: ``RuntimeAPIError`` when the Runtime API is gone or has said that it cannot recover.
    package consuming func run() async throws(RuntimeAPIError) -> Never {
        while true {
            let invocation = try api.next()
            hooks.begin(invocation)
            let report = await report(of: invocation)
            do {
                try api.send(report)
            } catch .refusedReport(let status) {
                logger.error("\(RuntimeAPIError.refusedReport(status: status))", requestID: invocation.requestID)
            }
            hooks.end()
        }
    }

    private func report(of invocation: Invocation) async -> RuntimeAPI.Report {
        let requestID = invocation.requestID
        do {
            let reply = try await handle(invocation)
            guard reply.count <= Self.maximumReplySize else {
                throw FunctionError(
                    type: "ResponseSizeTooLarge",
                    message: "The reply has \(reply.count) bytes, but Lambda takes at most \(Self.maximumReplySize)."
                )
            }
            return .response(requestID: requestID, reply)
        } catch {
            let error = FunctionError(error)
            logger.error("\(error.type): \(error.message)", requestID: requestID)
            return .invocationError(requestID: requestID, error)
        }
    }

    private func handle(_ invocation: Invocation) async throws -> [UInt8] {
        let context = LambdaContext(invocation, now: hooks.now(), reserve: Self.reserve, logger: logger)
        let handling = Task(executorPreference: executor) { [handler] in
            try await handler.handle(invocation.event, context: context)
        }
        let left = ContinuousClock.now.duration(to: context.handlerDeadline)
        let timer = eventLoop.scheduleTask(in: TimeAmount(left)) { handling.cancel() }
        defer { timer.cancel() }
        return try await handling.value
    }
}

/// What the loop needs of the process around it.
package struct RuntimeHooks: Sendable {
    let begin: @Sendable (Invocation) -> Void
    let end: @Sendable () -> Void
    /// The time of day, in milliseconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        begin: @escaping @Sendable (Invocation) -> Void,
        end: @escaping @Sendable () -> Void,
        now: @escaping @Sendable () -> Int64
    ) {
        self.begin = begin
        self.end = end
        self.now = now
    }

    /// X-Ray's libraries read the trace id from the environment; SIGTERM waits for the invocation at hand.
    static let process = RuntimeHooks(
        begin: { invocation in
            GracefulShutdown.beginInvocation()
            if let traceID = invocation.traceID {
                setenv("_X_AMZN_TRACE_ID", traceID, 1)
            } else {
                unsetenv("_X_AMZN_TRACE_ID")
            }
        },
        end: { GracefulShutdown.endInvocation() },
        now: WallClock.milliseconds
    )
}

extension LambdaContext {
    /// Lambda gives the deadline as a time of day. It is turned into the monotonic clock's at once, since the time of
    /// day may be set while the invocation runs. A clock that is set after the service has written the deadline and
    /// before this moves the deadline as far: back, and the service ends the function when the time is up; ahead, and
    /// the handler is cancelled early. A function does not know its timeout, so that it cannot tell.
    fileprivate init(_ invocation: Invocation, now: Int64, reserve: Duration, logger: Logger) {
        let left = Duration.milliseconds(invocation.deadlineMilliseconds - now)
        let deadline = ContinuousClock.now + left
        self.init(
            requestID: invocation.requestID,
            deadline: deadline,
            handlerDeadline: deadline - min(reserve, left / 2),
            invokedFunctionARN: invocation.invokedFunctionARN,
            traceID: invocation.traceID,
            clientContext: invocation.clientContext,
            cognitoIdentity: invocation.cognitoIdentity,
            tenantID: invocation.tenantID,
            logger: logger
        )
    }
}

extension Logger {
    fileprivate func error(_ message: Message, requestID: String) {
        error(message, metadata: ["requestId": "\(requestID)"])
    }
}
