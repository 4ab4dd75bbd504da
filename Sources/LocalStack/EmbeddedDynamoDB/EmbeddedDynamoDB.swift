import Foundation
import Hummingbird
package import LoadShedding
import LocalHTTP
package import Logging
package import NIOCore
import ServiceLifecycle

/// Amazon DynamoDB on one machine: a faithful subset of the service, over SQLite.
///
/// ```swift
/// let database = try EmbeddedDynamoDB(dataDirectory: ".data", port: 8000, logger: logger)
/// try await database.run()
/// ```
///
/// An acknowledged write is on disk and survives a crash of the process and a power failure. Requests that use anything
/// outside the subset are rejected; nothing is ignored silently.
package struct EmbeddedDynamoDB: Service {
    /// The reasons why the database cannot start.
    package enum StartError: Error, Equatable, Sendable {
        case portInUse(Int)
        /// Another process serves the data directory.
        case dataDirectoryInUse(String)
        /// A later version wrote the data directory.
        case dataDirectoryTooNew(String)
        /// The data directory cannot be created, read or written.
        case dataDirectoryUnusable(String, reason: String)
    }

    private let executor: OperationExecutor
    private let hostname: String
    private let port: Int
    private let eventLoopGroup: any EventLoopGroup
    private let maximumConnections: Int
    private let clientTimeout: TimeAmount
    private let bodies: BodyBudget
    private let logger: Logger
    private let authorizer: Principal.Authorizer?
    private let onStart: @Sendable (Int) async -> Void

    /// Opens the database. ``execute(operation:body:)`` works from now on, the HTTP server while ``run()`` runs.
    ///
    /// - Parameters:
    ///   - dataDirectory: The directory of the data, which is created if it does not exist.
    ///   - hostname: The address to listen on. Requests with a Host header that names another machine are rejected.
    ///   - port: The port to listen on; 0 for any free one.
    ///   - tableTransition: How long a table is CREATING before it is active, and DELETING before it is gone.
    ///   - maximumConnections: The number of connections served at a time. Further ones get a 503 and are closed.
    ///   - clientTimeout: The time in which a client must send a request body, or receive a response.
    ///   - bodies: The memory budget for request bodies. Requests that exceed it get a 503.
    ///   - authorizer: Whether an access key is allowed an IAM action (`dynamodb:PutItem`) on the ARN of a table or an
    ///     index. If nil, everything is allowed.
    ///   - now: The time, for `tableTransition`.
    ///   - onStart: Called with the port when the server is listening.
    /// - Throws: ``StartError``.
    package init(
        dataDirectory: String,
        hostname: String = "127.0.0.1",
        port: Int,
        eventLoopGroup: any EventLoopGroup = EventLoopGroupProvider.singleton.eventLoopGroup,
        tableTransition: Duration = .zero,
        maximumConnections: Int = 1_000,
        clientTimeout: TimeAmount = .seconds(30),
        bodies: BodyBudget = BodyBudget(),
        logger: Logger,
        authorizer: (@Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        onStart: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(StartError) {
        let store = try Store(directory: dataDirectory, transitionTime: tableTransition, now: now)
        executor = OperationExecutor(store: store)
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

    /// Serves requests until graceful shutdown.
    ///
    /// - Throws: ``StartError/portInUse(_:)``, and errors of the network.
    package func run() async throws {
        let limit = ConnectionLimit(maximumConnections, refusal: ByteBuffer(string: Self.tooManyConnections))
        let clientTimeout = clientTimeout
        let application = Application(
            responder: DynamoDBResponder(
                executor: executor,
                authorizer: authorizer,
                bodies: bodies,
                logger: logger
            ),
            server: limit.http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        AmbiguousRequestHandler.belowCodec(), SlowClientHandler(timeout: clientTimeout),
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
        try executor.store.close()
    }

    /// The response on a connection beyond the limit. SDKs retry it.
    private static let tooManyConnections: String = {
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

    /// Executes an operation from within the process, without authorization.
    ///
    /// - Parameters:
    ///   - operation: The operation's name, such as `CreateTable`.
    ///   - body: The parameters, as DynamoDB JSON.
    /// - Returns: The response body, as DynamoDB JSON.
    /// - Throws: ``ServiceError`` for an error response of the service; other errors are failures of the storage.
    package func execute(operation: String, body: [UInt8]) async throws -> [UInt8] {
        let operation = try Operation(named: operation)
        let principal = Principal(accessKeyID: nil, region: "us-east-1", authorizer: nil)
        return try await executor.execute(operation, body: body, for: principal)
    }
}

extension EmbeddedDynamoDB.StartError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .portInUse(let port): "port \(port) is in use"
        case .dataDirectoryInUse(let directory):
            "another process is using the data directory \(directory); stop it, or choose another directory with --data"
        case .dataDirectoryTooNew(let directory):
            "the data directory \(directory) was written by a newer version of this program; update it, or choose "
                + "another directory"
        case .dataDirectoryUnusable(let directory, let reason): "cannot use the data directory \(directory): \(reason)"
        }
    }
}
