import EmbeddedDynamoDB
import Foundation
import HTTPServer
import LocalAPIGateway
import LocalLambda
import LocalS3Website
import Logging
import NIOCore
import NIOPosix
import ServerlessTemplate
import ServiceLifecycle

extension LocalStack {
    /// The libraries' messages below warning are useful only for debugging.
    var libraryLogger: Logger {
        var logger = logger
        logger.logLevel = options.logLevel <= .debug ? options.logLevel : .warning
        return logger
    }

    private var serverConfiguration: HTTPServer.Configuration {
        var server = HTTPServer.Configuration(openFiles: openFiles)
        server.clientTimeout = .nanoseconds(Int64(options.clientTimeout * 1e9))
        server.bodies = bodies
        return server
    }

    func makeLambda(on eventLoop: any EventLoop) -> LocalLambda {
        var limits = LambdaLimits()
        limits.concurrency = options.concurrency
        limits.idleTimeout = .seconds(options.idleTimeout)
        let logWriter = logWriter
        return LocalLambda(
            functions,
            limits: limits,
            eventLoop: eventLoop,
            logsInvocations: options.logLevel <= .debug,
            log: { logWriter.write($0) }
        )
    }

    func makeDatabase(
        on eventLoop: any EventLoop,
        onStart: @escaping @Sendable (Int) -> Void
    ) throws -> EmbeddedDynamoDB {
        let authorizer = options.enforcesIAM ? try Authorizer(template.functions) : nil
        return try EmbeddedDynamoDB(
            dataDirectory: options.dataDirectory,
            port: options.dynamoDBPort,
            eventLoop: eventLoop,
            server: serverConfiguration,
            logger: libraryLogger,
            authorizer: authorizer?.closure,
            onStart: { onStart($0) }
        )
    }

    /// Serves the API and the website until graceful shutdown.
    func serve(_ lambda: LocalLambda, on eventLoop: any EventLoop, databasePort: Int) async throws {
        let gateway = LocalAPIGateway(
            routes: template.routes,
            cors: template.cors,
            functionNames: Dictionary(template.functions.map { ($0.logicalID, $0.name) }) { $1 },
            lambda: lambda,
            throttle: options.throttles
                ? template.throttle.map { Throttle(rate: Double($0.rate), burst: Double($0.burst)) } : nil
        )
        let accessLog = makeAccessLog(on: eventLoop)
        let responder = LocalStackResponder(
            gateway: gateway,
            invokeAPI: InvokeAPI(lambda: lambda),
            website: LocalS3Website(root: options.web, eventLoop: eventLoop),
            accessLog: accessLog,
            eventLoop: eventLoop
        )
        var server = serverConfiguration
        server.port = options.port
        server.maximumHeadBytes = LocalAPIGateway.maximumHeadBytes
        try await HTTPServer.run(server, on: eventLoop, makeResponder: { responder }) { port in
            let api = "http://127.0.0.1:\(port)"
            let urls = [
                "BashoutterApiEndpoint = \(api)",
                "BucketUrl = \(api)/",
                "DynamoDbEndpoint = http://127.0.0.1:\(databasePort)",
            ]
            AsyncLogWriter.announce(urls)
            logger.info("ready; press Ctrl-C to stop")
            Self.summarizeEachSecond(accessLog, on: eventLoop) { [logWriter] in
                if AsyncLogWriter.isTerminal { for url in urls { logWriter.write(line: url) } }
            }
        }
    }

    private func makeAccessLog(on eventLoop: any EventLoop) -> NIOLoopBoundBox<AccessLog> {
        let logWriter = logWriter
        let usesColors = AsyncLogWriter.isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        let log = AccessLog(options.logLevel <= .debug ? .all : .summarized, usesColors: usesColors) {
            logWriter.write($0)
        }
        return .makeBoxSendingValue(log, eventLoop: eventLoop)
    }

    /// - Parameter repeatURLs: Called in a second without requests if at least 20 requests came before, whose log lines
    ///   may have scrolled the URLs off the terminal.
    private static func summarizeEachSecond(
        _ log: NIOLoopBoundBox<AccessLog>,
        on eventLoop: any EventLoop,
        repeatURLs: @escaping @Sendable () -> Void
    ) {
        let requests = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: eventLoop)
        eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let count = log.value.endSecond()
            requests.value += count
            guard count == 0, requests.value >= 20 else { return }
            requests.value = 0
            repeatURLs()
        }
    }

    /// Creates the tables and starts the first processes of the functions.
    func prepare(_ database: EmbeddedDynamoDB, at port: Int, _ lambda: LocalLambda) async throws {
        for table in template.tables { try await TableProvisioner.createIfMissing(table, in: database) }
        logger.debug("starting one process of each function")
        await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:\(port)"])
    }
}
