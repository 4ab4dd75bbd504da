package import Logging

/// What a handler knows about its invocation besides the event.
///
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", Next invocation.
package struct LambdaContext: Sendable {
    package let requestID: String
    /// When Lambda terminates the invocation, and the process with it.
    package let deadline: ContinuousClock.Instant
    /// When the handler's task is cancelled: shortly before ``deadline``, so that there is time for a response.
    package let handlerDeadline: ContinuousClock.Instant
    /// The ARN of the function, version or alias that was invoked.
    package let invokedFunctionARN: String
    /// The AWS X-Ray tracing header.
    package let traceID: String?
    /// For invocations from the AWS Mobile SDK: data about the client application and device, as JSON.
    package let clientContext: String?
    /// For invocations from the AWS Mobile SDK: data about the Amazon Cognito identity, as JSON.
    package let cognitoIdentity: String?
    /// For functions with tenant isolation: the tenant's id.
    package let tenantID: String?
    /// How long the init phase took; nil unless this is the first invocation of the process.
    package let initDuration: Duration?
    /// Logs with the request id as metadata.
    package var logger: Logger {
        // Created on demand, since most invocations log nothing.
        var logger = functionLogger
        logger[metadataKey: "requestId"] = "\(requestID)"
        return logger
    }

    private let functionLogger: Logger

    package init(
        requestID: String,
        deadline: ContinuousClock.Instant,
        handlerDeadline: ContinuousClock.Instant,
        invokedFunctionARN: String = "",
        traceID: String? = nil,
        clientContext: String? = nil,
        cognitoIdentity: String? = nil,
        tenantID: String? = nil,
        initDuration: Duration? = nil,
        logger: Logger
    ) {
        self.requestID = requestID
        self.deadline = deadline
        self.handlerDeadline = handlerDeadline
        self.invokedFunctionARN = invokedFunctionARN
        self.traceID = traceID
        self.clientContext = clientContext
        self.cognitoIdentity = cognitoIdentity
        self.tenantID = tenantID
        self.initDuration = initDuration
        functionLogger = logger
    }
}

extension LambdaContext {
    /// Lambda's longest timeout is 15 minutes. A day in either direction bounds every sum and difference of deadlines.
    private static let maximumTimeLeft: Int64 = 86_400_000

    /// - Parameters: Milliseconds since 1970. The deadline is what a header contains: any 64-bit number.
    private static func timeLeft(until deadline: Int64, now: Int64) -> Duration {
        let (left, overflows) = deadline.subtractingReportingOverflow(now)
        guard !overflows else { return .milliseconds(deadline > now ? maximumTimeLeft : -maximumTimeLeft) }
        return .milliseconds(min(max(left, -maximumTimeLeft), maximumTimeLeft))
    }

    /// Lambda sends the deadline in terms of the wall clock. It is immediately converted to the monotonic clock, because
    /// the wall clock may be set during the invocation.
    ///
    /// If the wall clock is set after Lambda has computed the deadline and before this conversion, the deadline moves by
    /// as much. Set back, the handler has too much time, and Lambda terminates the process at the real deadline; set
    /// ahead, the handler is cancelled early. A function does not know its timeout and cannot detect either.
    ///
    /// - Parameter now: The wall clock: milliseconds since 1970.
    init(
        _ invocation: Invocation, now: Int64, cancellationMargin: Duration, initDuration: Duration?, logger: Logger
    ) {
        let left = Self.timeLeft(until: invocation.deadlineMilliseconds, now: now)
        let deadline = ContinuousClock.now + left
        self.init(
            requestID: invocation.requestID,
            deadline: deadline,
            handlerDeadline: deadline - min(cancellationMargin, left / 2),
            invokedFunctionARN: invocation.invokedFunctionARN,
            traceID: invocation.traceID,
            clientContext: invocation.clientContext,
            cognitoIdentity: invocation.cognitoIdentity,
            tenantID: invocation.tenantID,
            initDuration: initDuration,
            logger: logger
        )
    }
}
