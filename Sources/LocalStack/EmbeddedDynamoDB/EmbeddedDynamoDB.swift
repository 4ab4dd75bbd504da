package import HTTPServer
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// Amazon DynamoDB on one machine: a faithful subset of the service, over SQLite.
///
/// ```swift
/// let database = try EmbeddedDynamoDB(dataDirectory: ".data", port: 8000, logger: logger)
/// try await database.run()
/// ```
///
/// An acknowledged write is on disk and survives a crash of the process and a power failure. Requests that use any
/// other feature of DynamoDB are rejected.
package struct EmbeddedDynamoDB: Service {
    /// The reasons why the database cannot start.
    package enum StartError: Error, Equatable, Sendable {
        /// Another process serves the data directory.
        case dataDirectoryInUse(String)
        /// A later version wrote the data directory.
        case dataDirectoryTooNew(String)
        /// The data directory cannot be created, read or written.
        case dataDirectoryUnusable(String, reason: String)
    }

    private let executor: OperationExecutor
    private let eventLoop: any EventLoop
    private var server: HTTPServer.Configuration
    private let responder: DynamoDBResponder
    private let onStart: @Sendable (Int) async -> Void

    /// Opens the database. ``execute(operation:body:)`` works from now on, the HTTP server while ``run()`` runs.
    ///
    /// - Parameters:
    ///   - dataDirectory: The directory of the data, which is created if it does not exist.
    ///   - port: The port to listen on; 0 for any free one.
    ///   - tableTransition: How long a table is CREATING before it is active, and DELETING before it is gone.
    ///   - server: The limits of the HTTP server.
    ///   - authorizer: Whether an access key is allowed an IAM action (`dynamodb:PutItem`) on the ARN of a table or an
    ///     index. If nil, everything is allowed.
    ///   - now: The time, for `tableTransition`.
    ///   - onStart: Called with the port when the server is listening.
    /// - Throws: ``StartError``.
    package init(
        dataDirectory: String,
        port: Int,
        eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        tableTransition: Duration = .zero,
        server: HTTPServer.Configuration = .init(),
        logger: Logger,
        authorizer: (@Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        onStart: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(StartError) {
        let store = try Store(directory: dataDirectory, transitionTime: tableTransition, now: now)
        executor = OperationExecutor(store: store)
        self.eventLoop = eventLoop
        self.server = server
        self.server.port = port
        self.server.hostNames.append("dynamodb.localhost")
        responder = DynamoDBResponder(
            executor: executor, authorizer: authorizer, eventLoop: eventLoop, logger: logger)
        self.onStart = onStart
    }

    /// Serves requests until graceful shutdown.
    ///
    /// - Throws: `IOError` if it cannot listen on the port, such as one that is in use.
    package func run() async throws {
        try await HTTPServer.run(server, on: eventLoop, makeResponder: { responder }, onStart: onStart)
        executor.store.close()
    }

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
        case .dataDirectoryInUse(let directory):
            "another process is using the data directory \(directory); stop it, or choose another directory with --data"
        case .dataDirectoryTooNew(let directory):
            "the data directory \(directory) was written by a newer version of this program; update it, or choose "
                + "another directory"
        case .dataDirectoryUnusable(let directory, let reason): "cannot use the data directory \(directory): \(reason)"
        }
    }
}
