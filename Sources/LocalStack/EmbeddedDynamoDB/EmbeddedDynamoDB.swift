import Foundation
public import Hummingbird
public import LoadShedding
import LocalHTTP
public import Logging
public import NIOCore
public import ServiceLifecycle

/// Amazon DynamoDB on one machine: a faithful subset of the service, over SQLite.
///
/// ```swift
/// let database = try EmbeddedDynamoDB(dataDirectory: ".data", port: 8000, logger: logger)
/// try await database.run()
/// ```
///
/// An acknowledged write is on disk: it survives the death of the process and of the machine. What is not served is
/// refused, never ignored.
public struct EmbeddedDynamoDB: Service {
    /// Why the database cannot start.
    public enum StartError: Error, Equatable, Sendable {
        /// Another program listens on the port.
        case portInUse(Int)
        /// Another process serves the data directory.
        case dataDirectoryInUse(String)
        /// The data directory was written by a later version.
        case dataDirectoryTooNew(String)
        /// The data directory cannot be created, read or written.
        case dataDirectoryUnusable(String, reason: String)
    }

    private let operations: OperationExecutor
    private let hostname: String
    private let port: Int
    private let eventLoopGroup: any EventLoopGroup
    private let maximumConnections: Int
    private let clientTimeout: TimeAmount
    private let bodies: BodyBudget
    private let logger: Logger
    private let authorizer: Principal.Authorizer?
    private let onStart: @Sendable (Int) async -> Void

    /// Opens the database. It can be used in the process from now on, and over HTTP while ``run()`` runs.
    ///
    /// - Parameters:
    ///   - dataDirectory: Where the data is kept. It is created if it is missing.
    ///   - hostname: The address to listen on. Requests that name another host than this machine are refused.
    ///   - port: The port to listen on; 0 for any free one.
    ///   - maximumConnections: How many connections are served at a time; others are answered with 503 and closed.
    ///   - clientTimeout: How long a client may take to send the body of a request, or to take a reply.
    ///   - bodies: The memory for the bodies of requests; who does not fit into it is answered with 503.
    ///   - authorizer: Whether the holder of an access key may do an IAM action (`dynamodb:PutItem`) on a table or an
    ///     index, given by its ARN. Without it, everybody may do everything.
    ///   - onStart: Called with the port when the database answers.
    /// - Throws: ``StartError``.
    public init(
        dataDirectory: String,
        hostname: String = "127.0.0.1",
        port: Int,
        eventLoopGroup: any EventLoopGroup = EventLoopGroupProvider.singleton.eventLoopGroup,
        maximumConnections: Int = 1_000,
        clientTimeout: TimeAmount = .seconds(30),
        bodies: BodyBudget = BodyBudget(),
        logger: Logger,
        authorizer: (@Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool)? = nil,
        onStart: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(StartError) {
        operations = OperationExecutor(store: try Store(directory: dataDirectory))
        self.hostname = hostname
        self.port = port
        self.eventLoopGroup = eventLoopGroup
        self.maximumConnections = maximumConnections
        self.clientTimeout = clientTimeout
        self.bodies = bodies
        self.logger = logger
        self.authorizer = authorizer
        self.onStart = onStart
    }

    /// Answers requests until the task is shut down gracefully.
    ///
    /// - Throws: ``StartError/portInUse(_:)``, and what the network throws.
    public func run() async throws {
        let limit = ConnectionLimit(maximumConnections, refusal: ByteBuffer(string: Self.refusal))
        let clientTimeout = clientTimeout
        let application = Application(
            responder: DynamoDBResponder(
                operations: operations,
                authorizer: authorizer,
                bodies: bodies,
                logger: logger
            ),
            server: limit.http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        AmbiguousRequestHandler.belowTranslation(), SlowClientHandler(patience: clientTimeout),
                    ],
                    idleTimeout: .minutes(5)
                )
            ),
            configuration: .init(
                address: .hostname(hostname, port: port),
                serverName: "Server",
                availableConnectionsDelegate: .maximum(limit.maximumAccepted, logger: logger)
            ),
            onServerRunning: { [onStart] channel in await onStart(channel.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(eventLoopGroup),
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartError.portInUse(port)
        }
        try operations.store.close()
    }

    /// The answer on a connection too many. Clients repeat a request that was answered so.
    private static let refusal: String = {
        let body = #"{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable","message":"Too many connections"}"#
        return """
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: application/x-amz-json-1.0\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
    }()

    /// Does an operation from within the process, as the service would, without asking the authorizer.
    ///
    /// - Parameters:
    ///   - operation: The operation's name, such as `CreateTable`.
    ///   - body: Its parameters, as DynamoDB's JSON.
    /// - Returns: The reply, as DynamoDB's JSON.
    /// - Throws: ``ServiceError`` for what the service answers with an error; other errors are the storage's own.
    public func execute(operation: String, body: [UInt8]) async throws -> [UInt8] {
        guard let operation = Operation(rawValue: operation) else { throw ServiceError(.unknownOperation, "") }
        let caller = Principal(accessKeyID: nil, region: "us-east-1", authorizer: nil)
        return try await operations.perform(operation, body: body, for: caller)
    }
}

extension EmbeddedDynamoDB.StartError: CustomStringConvertible {
    /// The cause in words, for people.
    public var description: String {
        switch self {
        case .portInUse(let port): "port \(port) is in use"
        case .dataDirectoryInUse(let directory): "another process is using the data directory \(directory)"
        case .dataDirectoryTooNew(let directory):
            "the data directory \(directory) was written by a newer version of this program; update it, or choose "
                + "another directory"
        case .dataDirectoryUnusable(let directory, let reason): "cannot use the data directory \(directory): \(reason)"
        }
    }
}
