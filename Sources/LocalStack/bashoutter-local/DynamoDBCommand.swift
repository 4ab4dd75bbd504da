import ArgumentParser
import EmbeddedDynamoDB
import Foundation
import LoadShedding
import Logging
import ServiceLifecycle
import UnixSignals

/// `bashoutter-local dynamodb`: the database alone, for any DynamoDB client.
struct DynamoDBCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dynamodb",
        abstract: "Run the local DynamoDB alone.",
        discussion: """
            It listens on 127.0.0.1 and takes any credentials. Point a client at it with
            AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000, or the AWS CLI with --endpoint-url.
            """
    )

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port = 8000

    @Option(name: .customLong("data"), help: "The directory in which the tables are kept.")
    var dataDirectory = ".bashoutter"

    func run() async throws {
        let logger = Logger(label: "dynamodb") { StreamLogHandler.standardError(label: $0) }
        let database = try EmbeddedDynamoDB(
            dataDirectory: dataDirectory,
            port: port,
            maximumConnections: ConnectionLimit.maximum(openFiles: OpenFiles.raiseLimit()),
            logger: logger,
            onStart: { port in
                // Unlike print, this reaches a pipe at once.
                FileHandle.standardOutput.write(Data("DynamoDbEndpoint = http://127.0.0.1:\(port)\n".utf8))
            }
        )
        let services = ServiceGroup(
            services: [database],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: Self.quiet(logger)
        )
        try await services.run()
    }

    /// Starting and stopping of services is no news to the user.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
