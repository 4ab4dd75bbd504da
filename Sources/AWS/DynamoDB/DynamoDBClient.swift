import HTTPConnection
package import Logging
package import NIOCore

/// A DynamoDB client: signs requests, pools connections and retries transient failures within the deadline.
///
/// ```swift
/// let client = DynamoDBClient(
///     configuration: try DynamoDBConfiguration(environment: { environment[$0] }),
///     eventLoop: eventLoop,
///     logger: logger
/// )
/// try await client.open()
/// let body = Array(#"{"TableName":"haiku","Key":{"item_id":{"S":"1"}}}"#.utf8)
/// let response = try await client.send(.getItem, body: body, deadline: .now + .seconds(2))
/// ```
///
/// Concurrent requests use a connection each. Connections are kept for later requests.
package final class DynamoDBClient: DynamoDBTransport {
    let configuration: DynamoDBConfiguration
    let requests: RequestBuilder
    let connections: ConnectionPool
    let quota = RetryQuota()
    let dependencies: ClientDependencies
    let logger: Logger

    /// Creates a client without connections; the first request opens one.
    ///
    /// - Parameter eventLoop: The event loop of all connections; must be one of NIOPosix.
    package convenience init(configuration: DynamoDBConfiguration, eventLoop: any EventLoop, logger: Logger) {
        let connection = HTTPConnection.Configuration(
            connectTimeout: configuration.connectTimeout,
            maximumIdleTime: configuration.maximumIdleTime,
            trust: configuration.trust
        )
        let resolver = EndpointResolver(configuration.endpoint)
        self.init(configuration: configuration, logger: logger, dependencies: .live) {
            HTTPConnection(to: resolver, on: eventLoop, configuration: connection)
        }
    }

    package init(
        configuration: DynamoDBConfiguration,
        logger: Logger,
        dependencies: ClientDependencies,
        makeConnection: @escaping @Sendable () -> any HTTPConnectionProtocol
    ) {
        self.configuration = configuration
        self.logger = logger
        self.dependencies = dependencies
        requests = RequestBuilder(configuration)
        connections = ConnectionPool(makeConnection)
    }

    /// Opens a connection ahead of the first request. Call it while Lambda initializes the function.
    ///
    /// - Parameter limit: How long to wait. The default is many times what DynamoDB takes: when DynamoDB is
    ///   unreachable, the function should start and report that instead of exceeding Lambda's init phase. The
    ///   connection attempt continues in the background.
    /// - Throws: ``DynamoDBError`` (`connection` or `timedOut`). The client remains usable: the next request opens a
    ///   connection.
    package func open(waitingAtMost limit: Duration = .milliseconds(250)) async throws(DynamoDBError) {
        let connection = connections.acquire()
        // Released immediately: a request in the meantime waits for this connection instead of opening another.
        connections.release(connection)
        do {
            try await connection.open(waitingAtMost: limit)
        } catch {
            throw DynamoDBError(error.kind == .timedOut ? .timedOut : .connection(error), attempts: 0)
        }
    }

    /// Closes the idle connections. A later request opens a new one.
    package func close() async {
        for connection in connections.removeAll() { await connection.close() }
    }
}
