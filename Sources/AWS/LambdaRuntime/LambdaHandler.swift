public import Logging
package import NIOCore

/// What a function does with an invocation.
public protocol LambdaHandler: Sendable {
    /// Handles one invocation and returns the reply's bytes, JSON as a rule.
    ///
    /// The task is cancelled at ``LambdaContext/handlerDeadline``. An error that is thrown becomes the invocation's error;
    /// the function stays up for the next one.
    func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8]
}

/// The payload of an invocation, as it came: JSON as a rule.
public struct LambdaEvent: Sendable {
    let buffer: ByteBuffer

    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// The payload's bytes, not copied; they are valid only during the call.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes(body)
    }
}

/// What a handler knows of its invocation besides the payload.
///
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", Next invocation.
public struct LambdaContext: Sendable {
    /// The id of the request that brought the invocation about.
    public let requestID: String
    /// When Lambda ends the invocation, and the process with it.
    public let deadline: ContinuousClock.Instant
    /// When the handler's task is cancelled, so that there is time for a reply: shortly before ``deadline``.
    public let handlerDeadline: ContinuousClock.Instant
    /// The ARN of the function, version or alias that was invoked.
    public let invokedFunctionARN: String
    /// The AWS X-Ray tracing header.
    public let traceID: String?
    /// For invocations from the AWS Mobile SDK: data about the client application and device, as JSON.
    public let clientContext: String?
    /// For invocations from the AWS Mobile SDK: data about the Amazon Cognito identity, as JSON.
    public let cognitoIdentity: String?
    /// For functions with tenant isolation: the tenant.
    public let tenantID: String?
    /// Writes to the function's log, with the request's id.
    public var logger: Logger {
        // Made when it is asked for: most invocations log nothing.
        var logger = functionLogger
        logger[metadataKey: "requestId"] = "\(requestID)"
        return logger
    }

    private let functionLogger: Logger

    /// A context of the given parts. To what `logger` writes, the request's id is added.
    public init(
        requestID: String,
        deadline: ContinuousClock.Instant,
        handlerDeadline: ContinuousClock.Instant,
        invokedFunctionARN: String = "",
        traceID: String? = nil,
        clientContext: String? = nil,
        cognitoIdentity: String? = nil,
        tenantID: String? = nil,
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
        functionLogger = logger
    }
}
