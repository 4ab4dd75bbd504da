package import Logging
package import NIOCore

/// Receives invocations one after the other, has the handler handle them, and sends their outcomes. While it waits for
/// an invocation, it blocks the event loop's thread, which has nothing else to do then.
package struct InvocationLoop<Handler: LambdaHandler>: ~Copyable {
    /// Lambda's limit for the response of a synchronous invocation, in bytes (AWS Lambda Developer Guide, "Lambda
    /// quotas": 6 MB; this exact number is in the service's error message).
    package static var maximumResponseSize: Int { 6_291_556 }
    /// How long before the deadline the handler's task is cancelled.
    package static var cancellationMargin: Duration { .milliseconds(100) }

    private var api: RuntimeAPI
    private let handler: Handler
    private let eventLoop: any EventLoop
    private let executor: any TaskExecutor
    private let logger: Logger
    private let hooks: RuntimeHooks
    /// How long the init phase took; nil after the first invocation.
    private var initDuration: Duration?

    package init(
        api: consuming RuntimeAPI,
        handler: Handler,
        eventLoop: any EventLoop,
        executor: any TaskExecutor,
        logger: Logger,
        hooks: RuntimeHooks,
        initDuration: Duration
    ) {
        self.api = api
        self.handler = handler
        self.eventLoop = eventLoop
        self.executor = executor
        self.logger = logger
        self.hooks = hooks
        self.initDuration = initDuration
    }

    /// - Throws: Any ``RuntimeAPIError`` but ``RuntimeAPIError/outcomeRejected(status:)``, which is logged.
    package consuming func run() async throws(RuntimeAPIError) -> Never {
        while true {
            let invocation = try api.next()
            hooks.begin(invocation)
            let outcome = await outcome(of: invocation)
            initDuration = nil
            do {
                try api.send(outcome, of: invocation.requestID)
            } catch .outcomeRejected(let status) {
                logger.error("\(RuntimeAPIError.outcomeRejected(status: status))", requestID: invocation.requestID)
            }
            hooks.end()
        }
    }

    private func outcome(of invocation: Invocation) async -> InvocationOutcome {
        do {
            let response = try await handle(invocation)
            guard response.count <= Self.maximumResponseSize else {
                throw FunctionError(
                    type: "ResponseSizeTooLarge",
                    message:
                        "The response has \(response.count) bytes; Lambda's limit is \(Self.maximumResponseSize) bytes."
                )
            }
            return .response(response)
        } catch {
            let error = FunctionError(error)
            logger.error("\(error.type): \(error.message)", requestID: invocation.requestID)
            return .error(error)
        }
    }

    private func handle(_ invocation: Invocation) async throws -> [UInt8] {
        let context = LambdaContext(
            invocation, now: hooks.now(), cancellationMargin: Self.cancellationMargin, initDuration: initDuration,
            logger: logger)
        let handling = Task(executorPreference: executor) { [handler] in
            try await handler.handle(invocation.event, context: context)
        }
        let left = ContinuousClock.now.duration(to: context.handlerDeadline)
        let timer = try eventLoop.scheduleCallback(in: TimeAmount(left), handler: Cancellation(task: handling))
        defer { timer.cancel() }
        return try await handling.value
    }

    private struct Cancellation: NIOScheduledCallbackHandler, Sendable {
        let task: Task<[UInt8], any Error>

        func handleScheduledCallback(eventLoop: some EventLoop) { task.cancel() }
    }
}

extension Logger {
    fileprivate func error(_ message: Message, requestID: String) {
        error(message, metadata: ["requestId": "\(requestID)"])
    }
}
