import TaskExecutors
import EmbeddedDynamoDB
import Hummingbird
import LoadShedding
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import Logging
import NIOCore
import NIOPosix
import ServerlessTemplate
import ServiceLifecycle
import UnixSignals

/// The services of the local stack, put together.
struct LocalStack {
    /// What the user chose.
    struct Configuration {
        let port: Int
        let dynamoDBPort: Int
        let dataDirectory: String
        let concurrency: Int
        let template: String
        let functionsDirectory: String
        let web: String
        let parameters: [String: String]
        let idleTimeout: Double
        let clientTimeout: Double
        let enforcesIAM: Bool
        let logLevel: Logger.Level
    }

    let configuration: Configuration
    let console: AsyncLogWriter
    let logger: Logger
    let template: ServerlessTemplate
    let functions: [LocalFunction]
    /// How many files the process may have open.
    let openFiles = OpenFiles.raiseLimit()
    /// The memory for the bodies of requests to all servers.
    let bodies = BodyBudget()

    /// Reads the template and looks for the functions' programs.
    init(configuration: Configuration, console: AsyncLogWriter) throws {
        self.configuration = configuration
        self.console = console
        var logger = Logger(label: "bashoutter-local") { ConsoleLogHandler(label: $0, console: console) }
        logger.logLevel = configuration.logLevel
        self.logger = logger
        template = try ServerlessTemplate(
            contentsOf: configuration.template,
            parameters: configuration.parameters,
            // One partition is plenty for one machine, and its list is the quickest to read.
            localDefaults: ["FeedShards": "1"]
        )
        for note in template.notes { logger.notice("\(note)") }
        functions = try FunctionLocator.find(template.functions, in: configuration.functionsDirectory)
    }

    /// Runs everything until a signal asks for the end.
    func run() async throws {
        // The gateway and Lambda share one event loop: a request goes from the socket to the function's process and back
        // without changing threads. The database has one of its own, on which it also reads; only writes, which wait for
        // the disk, go to another thread.
        let front = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let back = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let lambda = makeLambda(on: front.next())
        let (databasePorts, databaseStarted) = AsyncStream.makeStream(of: Int.self)
        let database = try makeDatabase(on: back) { databaseStarted.yield($0) }
        let gateway = makeGateway(lambda: lambda, on: front) {
            guard let port = await databasePorts.first(where: { _ in true }) else { throw CancellationError() }
            try await prepare(database, at: port, lambda)
            return port
        }
        let (frontExecutor, backExecutor) = (EventLoopTaskExecutor(front.next()), EventLoopTaskExecutor(back.next()))
        var services = ServiceGroupConfiguration(
            services: [
                ManagedService(
                    database,
                    port: configuration.dynamoDBPort,
                    option: "--dynamodb-port",
                    executor: backExecutor
                ),
                ManagedService(lambda),
                ManagedService(gateway, port: configuration.port, option: "--port", executor: frontExecutor),
            ].map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: libraryLogger
        )
        // They end in the reverse order, so that requests under way are still answered; a function that hangs is not
        // waited for.
        services.maximumGracefulShutdownDuration = .seconds(3)
        let watch = Task { await SignalWatcher(logger: logger, console: console).run() }
        defer { watch.cancel() }
        try await ServiceGroup(configuration: services).run()
        try await front.shutdownGracefully()
        try await back.shutdownGracefully()
    }
}
