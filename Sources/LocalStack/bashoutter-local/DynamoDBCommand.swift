import ArgumentParser
import EmbeddedDynamoDB
import Foundation
import HTTPServer
import Logging
import ProcessLimits
import ServiceLifecycle
import UnixSignals

struct DynamoDBCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dynamodb",
        abstract: "Run only the local DynamoDB.",
        discussion: """
            It listens on 127.0.0.1 and accepts any credentials. Point a client at it with
            AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000, or the AWS CLI with --endpoint-url.
            """
    )

    @Option(help: "The port; 0 for any free port.")
    var port = 8000

    @Option(name: .customLong("data"), help: "The folder of the database.")
    var dataDirectory = ".bashoutter"

    @Option(help: "How long a new table is CREATING and a deleted one DELETING, in milliseconds.")
    var tableTransition = 250

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port must be between 0 and 65535; got \(port).")
        }
        guard (0...60_000).contains(tableTransition) else {
            throw ValidationError(
                "--table-transition must be between 0 and 60000 milliseconds; got \(tableTransition).")
        }
    }

    func run() async throws {
        try PortCheck.verify(port, option: "--port")
        let logger = Logger(label: "dynamodb") { StreamLogHandler.standardError(label: $0) }
        let database = try EmbeddedDynamoDB(
            dataDirectory: dataDirectory,
            port: port,
            tableTransition: .milliseconds(tableTransition),
            server: .init(openFiles: FileDescriptorLimit.raise()),
            logger: logger,
            onStart: { port in
                // Unlike print, this does not buffer if standard output is a pipe.
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

    /// ServiceLifecycle logs when each service starts and stops, which does not concern the user.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
