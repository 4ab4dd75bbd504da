import EmbeddedDynamoDB
import Foundation
import HTTPServer
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import Logging
import NIOCore
import NIOPosix
import ProcessLimits
import ServerlessTemplate
import ServiceLifecycle
import UnixSignals

/// The services of the local stack.
struct LocalStack {
    let options: ServeCommand
    let logWriter: AsyncLogWriter
    let logger: Logger
    let template: ServerlessTemplate
    let functions: [LocalFunction]
    /// The limit on files that the process may have open.
    let openFiles = FileDescriptorLimit.raise()
    /// The memory for request bodies, which the gateway and the database share.
    let bodies = BodyBudget()

    /// Reads the template, finds the functions' executables, and checks the folder of the website and the ports. Creates
    /// nothing.
    init(options: ServeCommand, logWriter: AsyncLogWriter) throws {
        self.options = options
        self.logWriter = logWriter
        var logger = Logger(label: "bashoutter-local") { AsyncLogHandler(label: $0, writer: logWriter) }
        logger.logLevel = options.logLevel
        self.logger = logger
        template = try ServerlessTemplate(
            contentsOf: options.template,
            parameters: Dictionary(options.parameters.map { ($0.name, $0.value) }) { $1 },
            // One partition suffices for one machine, and a feed in one partition is the fastest to read.
            localDefaults: ["FeedShards": "1"]
        )
        for note in template.notes { logger.notice("\(note)") }
        functions = try FunctionLocator.find(
            template.functions, in: options.functionsDirectory ?? Self.executableDirectory)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: options.web, isDirectory: &isDirectory),
            isDirectory.boolValue
        else { throw StartupError.missingFolder(options.web, option: "--web") }
        try PortCheck.verify(options.port, option: "--port")
        try PortCheck.verify(options.dynamoDBPort, option: "--dynamodb-port")
    }

    private static var executableDirectory: String {
        let executable = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return executable.resolvingSymlinksInPath().deletingLastPathComponent().path(percentEncoded: false)
    }

    /// Runs all services until SIGINT or SIGTERM.
    func run() async throws {
        // The gateway and Lambda share one event loop, so that a request gets from the socket to the function's process
        // and back without changing threads. The database has one of its own, on which it also performs short reads.
        // Long reads, and writes, which wait for the disk, run on other threads.
        let front = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let back = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let lambda = makeLambda(on: front.next())
        let (databasePorts, databaseStarted) = AsyncStream.makeStream(of: Int.self)
        let database = try makeDatabase(on: back.next()) { databaseStarted.yield($0) }
        let managed = [
            ManagedService("EmbeddedDynamoDB") { try await database.run() },
            ManagedService("LocalLambda") { await lambda.run() },
            ManagedService("LocalAPIGateway") {
                guard let port = await databasePorts.first(where: { _ in true }) else { throw CancellationError() }
                try await prepare(database, at: port, lambda)
                try await serve(lambda, on: front.next(), databasePort: port)
            },
        ]
        var services = ServiceGroupConfiguration(
            services: managed.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: libraryLogger
        )
        // Services stop in reverse order, so that requests in progress still get their responses. The limit is for
        // functions that hang.
        services.maximumGracefulShutdownDuration = .seconds(3)
        let watch = Task { await SignalWatcher(logger: logger, logWriter: logWriter).run() }
        defer { watch.cancel() }
        try await ServiceGroup(configuration: services).run()
        try await front.shutdownGracefully()
        try await back.shutdownGracefully()
    }
}
