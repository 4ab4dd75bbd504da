/// A function as the local Lambda runs it.
public struct LocalFunction: Sendable {
    /// The function's name.
    public var name: String
    /// The value of `_HANDLER`.
    public var handler: String
    /// The program that is started, `bootstrap` in Lambda's terms: an absolute path.
    public var executable: String
    /// The memory size, in MB. It is reported, not enforced.
    public var memorySize: Int
    /// How long an invocation may take, in seconds.
    public var timeout: Int
    /// The function's own environment variables.
    public var environment: [String: String]
    /// The access key that the function signs its requests with.
    public var accessKeyID: String

    /// Describes a function.
    public init(
        name: String,
        handler: String,
        executable: String,
        memorySize: Int = 128,
        timeout: Int = 3,
        environment: [String: String] = [:],
        accessKeyID: String = "local"
    ) {
        self.name = name
        self.handler = handler
        self.executable = executable
        self.memorySize = memorySize
        self.timeout = timeout
        self.environment = environment
        self.accessKeyID = accessKeyID
    }

    /// The function's ARN.
    public var arn: String { "arn:aws:lambda:\(Self.region):000000000000:function:\(name)" }

    static let region = "us-east-1"
}

/// How far the local Lambda goes.
public struct LambdaLimits: Sendable {
    /// Processes of one function at a time.
    public var concurrency = 8
    /// How long a process may be idle before it is stopped, in seconds; the last one of a function stays.
    public var idleTimeout = 5.0
    /// How long a process may take to ask for its first invocation, in seconds.
    public var initTimeout = 10.0
    /// Invocations that may wait for a process of any function, besides ``waitingOfOneFunction``; so many requests may be
    /// under way, and one more for each process. Without a number, so many that eight times ``concurrency`` of one function
    /// can wait, but at least 64: as many as a usual load test has clients.
    public var waitingInvocations: Int?
    /// Invocations of each function that may wait however many of others do. Without a number, as many as it may have
    /// processes.
    public var waitingOfOneFunction: Int?
    /// Bytes of the payloads of one function's waiting invocations.
    public var waitingBytes = 64 << 20
    /// How long an invocation may wait for a process, in seconds.
    public var waitingTime = 5.0
    /// How long a process that has lost the connection on which it waited for an invocation may take to ask again, in
    /// seconds.
    public var reconnectTimeout = 1.0
    /// How long a process that is asked to end may take, in seconds.
    public var stopTimeout = 1.0

    /// The limits as they are usual.
    public init() {}

    /// The largest payload of an invocation, in bytes ("Lambda quotas").
    public static let payloadSize = 6_291_456
    /// The largest reply of a function, in bytes: a hundred more than a payload, as Lambda has it.
    public static let replySize = 6_291_556
}
