import EmbeddedDynamoDB
import Hummingbird
import LoadShedding
import LocalAPIGateway
import LocalHTTP
import LocalLambda
import LocalS3Website
import Logging
import NIOCore
import NIOPosix
import ServerlessTemplate
import ServiceLifecycle

extension LocalStack {
    /// The libraries' own messages matter only to somebody who looks for a fault.
    var libraryLogger: Logger {
        var logger = logger
        logger.logLevel = configuration.logLevel <= .debug ? configuration.logLevel : .warning
        return logger
    }

    private var clientTimeout: TimeAmount { .nanoseconds(Int64(configuration.clientTimeout * 1e9)) }

    func makeLambda(on eventLoop: any EventLoop) -> LocalLambda {
        var limits = LambdaLimits()
        limits.concurrency = configuration.concurrency
        limits.idleTimeout = configuration.idleTimeout
        let console = console
        return LocalLambda(
            functions,
            limits: limits,
            eventLoop: eventLoop,
            logsAllInvocations: configuration.logLevel <= .debug,
            log: { console.write($0) }
        )
    }

    func makeDatabase(
        on group: MultiThreadedEventLoopGroup,
        onStart: @escaping @Sendable (Int) -> Void
    ) throws -> EmbeddedDynamoDB {
        let authorizer = configuration.enforcesIAM ? try Authorizer(template.functions) : nil
        return try EmbeddedDynamoDB(
            dataDirectory: configuration.dataDirectory,
            port: configuration.dynamoDBPort,
            eventLoopGroup: group,
            maximumConnections: ConnectionLimit.maximum(openFiles: openFiles),
            clientTimeout: clientTimeout,
            bodies: bodies,
            logger: libraryLogger,
            authorizer: authorizer?.closure,
            onStart: { onStart($0) }
        )
    }

    /// The server of the API and the page. It starts to listen when `prepare` has returned the database's port.
    func makeGateway(
        lambda: LocalLambda,
        on group: MultiThreadedEventLoopGroup,
        prepare: @escaping @Sendable () async throws -> Int
    ) -> some Service {
        let gateway = LocalAPIGateway(
            routes: template.routes,
            cors: template.cors,
            functionNames: Dictionary(template.functions.map { ($0.logicalID, $0.name) }) { $1 },
            lambda: lambda,
            bodies: bodies
        )
        let door = LocalStackRouter(
            gateway: gateway,
            invokeAPI: InvokeAPI(lambda: lambda, bodies: bodies),
            site: LocalS3Website(root: configuration.web)
        )
        let limit = ConnectionLimit(
            ConnectionLimit.maximum(openFiles: openFiles),
            refusal: LocalAPIGateway.refusal(cors: template.cors)
        )
        let databasePort = ResolvedPort()
        let (logger, clientTimeout) = (logger, clientTimeout)
        var application = Application(
            responder: door,
            server: limit.http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        AmbiguousRequestHandler.belowTranslation(),
                        SlowClientHandler(patience: clientTimeout), OldClientHandler(), OversizedHeaderHandler(),
                        EarlyRefusalHandler(gateway: gateway),
                    ],
                    idleTimeout: .minutes(5),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 4 * RequestRules.headerSize,
                        maxHeaderListSize: 4 * RequestRules.headerSize
                    )
                )
            ),
            configuration: .init(
                address: .hostname("127.0.0.1", port: configuration.port),
                backlog: 4_096,
                availableConnectionsDelegate: .maximum(limit.maximumAccepted, logger: libraryLogger)
            ),
            onServerRunning: { channel in
                // In a flood of connections, those that have not been accepted wait longest of all, and unheard.
                try? await channel.setOption(.maxMessagesPerRead, value: 64).get()
                let api = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
                AsyncLogWriter.announce([
                    "BashoutterApiEndpoint = \(api)",
                    "BucketUrl = \(api)/",
                    "DynamoDbEndpoint = http://127.0.0.1:\(databasePort.port)",
                ])
                logger.info("ready; Ctrl-C stops it")
            },
            eventLoopGroupProvider: .shared(group),
            logger: libraryLogger
        )
        application.beforeServerStarts { databasePort.port = try await prepare() }
        return application
    }

    /// Makes the tables and the first processes of the functions.
    func prepare(_ database: EmbeddedDynamoDB, at port: Int, _ lambda: LocalLambda) async throws {
        for table in template.tables { try await TableProvisioner.createIfMissing(table, in: database) }
        logger.debug("starting one process of each function")
        await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:\(port)"])
    }
}
