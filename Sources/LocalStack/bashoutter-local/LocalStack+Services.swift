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
    /// The libraries' messages below warning are useful only for debugging.
    var libraryLogger: Logger {
        var logger = logger
        logger.logLevel = configuration.logLevel <= .debug ? configuration.logLevel : .warning
        return logger
    }

    private var clientTimeout: TimeAmount { .nanoseconds(Int64(configuration.clientTimeout * 1e9)) }

    func makeLambda(on eventLoop: any EventLoop) -> LocalLambda {
        var limits = LambdaLimits()
        limits.concurrency = configuration.concurrency
        limits.idleTimeout = .seconds(configuration.idleTimeout)
        let logWriter = logWriter
        return LocalLambda(
            functions,
            limits: limits,
            eventLoop: eventLoop,
            logsAllInvocations: configuration.logLevel <= .debug,
            log: { logWriter.write($0) }
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

    /// The server of the API and the website. It starts to listen when `prepare` has returned the database's port.
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
        let router = LocalStackRouter(
            gateway: gateway,
            invokeAPI: InvokeAPI(lambda: lambda, bodies: bodies),
            website: LocalS3Website(root: configuration.web)
        )
        let limit = ConnectionLimit(
            ConnectionLimit.maximum(openFiles: openFiles),
            refusal: LocalAPIGateway.connectionRejection(cors: template.cors)
        )
        let databasePort = ResolvedPort()
        let (logger, clientTimeout) = (logger, clientTimeout)
        var application = Application(
            responder: router,
            server: limit.http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        AmbiguousRequestHandler.belowCodec(),
                        SlowClientHandler(timeout: clientTimeout), HTTP10Handler(), OversizedHeaderHandler(),
                        EarlyRefusalHandler(gateway: gateway),
                    ],
                    idleTimeout: .minutes(5),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 4 * RequestRules.maximumHeaderSize,
                        maxHeaderListSize: 4 * RequestRules.maximumHeaderSize
                    )
                )
            ),
            configuration: .init(
                address: .hostname("127.0.0.1", port: configuration.port),
                backlog: 4_096,
                availableConnectionsDelegate: .maximum(limit.maximumAccepted, logger: libraryLogger)
            ),
            onServerRunning: { channel in
                // Accepts many connections at a time: under overload, those that wait to be accepted get no response at all.
                try? await channel.setOption(.maxMessagesPerRead, value: 64).get()
                let api = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
                AsyncLogWriter.announce([
                    "BashoutterApiEndpoint = \(api)",
                    "BucketUrl = \(api)/",
                    "DynamoDbEndpoint = http://127.0.0.1:\(databasePort.port)",
                ])
                logger.info("ready; press Ctrl-C to stop")
            },
            eventLoopGroupProvider: .shared(group),
            logger: libraryLogger
        )
        application.beforeServerStarts { databasePort.port = try await prepare() }
        return application
    }

    /// Creates the tables and starts the first processes of the functions.
    func prepare(_ database: EmbeddedDynamoDB, at port: Int, _ lambda: LocalLambda) async throws {
        for table in template.tables { try await TableProvisioner.createIfMissing(table, in: database) }
        logger.debug("starting one process of each function")
        await lambda.start(endpoints: ["AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:\(port)"])
    }
}
