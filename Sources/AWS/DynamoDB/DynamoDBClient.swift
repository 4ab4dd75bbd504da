import HTTPConnection
public import Logging
public import NIOCore

/// Talks to DynamoDB: signs requests, keeps connections, repeats what failed by no fault of the request.
///
/// ```swift
/// let configuration = try DynamoDBConfiguration { getenv($0).map { String(cString: $0) } }
/// let client = DynamoDBClient(configuration: configuration, eventLoop: eventLoop, logger: logger)
/// try await client.open()
/// let output = try await client.execute(GetItem(tableName: "haiku", key: ["item_id": .s(id)]), deadline: deadline)
/// ```
///
/// Requests that run at the same time get a connection each; a connection that is done is kept for the next.
public final class DynamoDBClient: DynamoDBTransport {
    let configuration: DynamoDBConfiguration
    let requests: RequestBuilder
    let connections: ConnectionPool
    let quota = RetryQuota()
    let dependencies: ClientDependencies
    let logger: Logger

    /// A client whose connections live on `eventLoop`, which is one of NIOPosix. Nothing is opened yet.
    public convenience init(configuration: DynamoDBConfiguration, eventLoop: any EventLoop, logger: Logger) {
        let connection = HTTPConnection.Configuration(
            connectTimeout: configuration.connectTimeout,
            maximumIdleTime: configuration.maximumIdleTime,
            trust: configuration.trust
        )
        self.init(configuration: configuration, logger: logger, dependencies: .real) {
            HTTPConnection(to: configuration.endpoint, on: eventLoop, configuration: connection)
        }
    }

    /// A client in other dependencies, with connections of another kind.
    package init(
        configuration: DynamoDBConfiguration,
        logger: Logger,
        dependencies: ClientDependencies,
        makeConnection: @escaping @Sendable () -> any HTTPRequestSending
    ) {
        self.configuration = configuration
        self.logger = logger
        self.dependencies = dependencies
        requests = RequestBuilder(configuration)
        connections = ConnectionPool(makeConnection)
    }

    /// Opens a connection ahead of the first request, as is right while Lambda initialises the function.
    ///
    /// - Parameter limit: How long to wait for it. A quarter of a second is many times what DynamoDB takes; when it
    ///   cannot be reached, a function should rather be there and say so than be late. The opening goes on.
    /// - Throws: ``DynamoDBError`` (`connection` or `timedOut`). The client can be used nevertheless: it tries again
    ///   with the first request.
    public func open(waitingAtMost limit: Duration = .milliseconds(250)) async throws(DynamoDBError) {
        let connection = connections.take()
        // It is put back at once: a request that comes meanwhile waits for this connection instead of opening another.
        connections.putBack(connection)
        do {
            try await connection.open(waitingAtMost: limit)
        } catch {
            throw DynamoDBError(error.kind == .timedOut ? .timedOut : .connection(error), attempts: 0)
        }
    }

    /// Closes the connections that no request is using. A later request opens one again.
    public func close() async {
        for connection in connections.takeAll() { await connection.close() }
    }
}
