public import ArgumentParser
import Foundation
import LocalLambda
public import Logging
import NIOPosix

/// `bashoutter-local serve`: the whole stack.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API, the page and the database until Ctrl-C.",
        discussion: """
            The functions, their routes and settings are those of the template; the functions' programs are built by
            `swift build -c release`. Everything is bound to 127.0.0.1.
            """
    )

    @Option(help: "The port of the API and the page; 0 for any that is free.")
    var port = 8080

    @Option(name: .customLong("dynamodb-port"), help: "The port of the database; 0 for any that is free.")
    var dynamoDBPort = 8000

    @Option(name: .customLong("data"), help: "The folder of the database.")
    var dataDirectory = ".bashoutter"

    @Option(help: "The most processes of one function at a time.")
    var concurrency = ProcessInfo.processInfo.activeProcessorCount * 4

    @Option(help: "The SAM template.")
    var template = "infra/template.yaml"

    @Option(
        name: .customLong("functions"),
        help: "The folder of the functions' programs. (default: that of bashoutter-local itself)"
    )
    var functionsDirectory: String?

    @Option(help: "The folder of the page.")
    var web = "web"

    @Option(
        name: .customLong("parameter"),
        help: "A value of a parameter of the template: Name=value. May be repeated."
    )
    var parameters: [TemplateParameter] = []

    @Option(help: "The seconds after which an idle process is stopped; one of each function is kept.")
    var idleTimeout = 5.0

    @Option(help: "The seconds that a client may take to send a request's body, or to take a reply.")
    var clientTimeout = 30.0

    @Flag(name: .customLong("enforce-iam"), help: "Let each function do in the database what the template allows it.")
    var enforcesIAM = false

    @Option(help: "The least severe messages that are shown: trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.info

    func validate() throws {
        for (name, port) in [("--port", port), ("--dynamodb-port", dynamoDBPort)] where !(0...65_535).contains(port) {
            throw ValidationError("\(name) must be from 0 to 65535.")
        }
        guard port == 0 || port != dynamoDBPort else {
            throw ValidationError("--port and --dynamodb-port must be different.")
        }
        guard (1...1_000).contains(concurrency) else { throw ValidationError("--concurrency must be from 1 to 1000.") }
        guard (0.1...86_400).contains(idleTimeout) else {
            throw ValidationError("--idle-timeout must be from 0.1 to 86400 seconds.")
        }
        guard (0.1...86_400).contains(clientTimeout) else {
            throw ValidationError("--client-timeout must be from 0.1 to 86400 seconds.")
        }
    }

    func run() async throws {
        let console = AsyncLogWriter()
        defer { console.flush() }
        let stack = try LocalStack(
            configuration: .init(
                port: port,
                dynamoDBPort: dynamoDBPort,
                dataDirectory: dataDirectory,
                concurrency: concurrency,
                template: template,
                functionsDirectory: functionsDirectory ?? Self.ownDirectory,
                web: web,
                parameters: Dictionary(parameters.map { ($0.name, $0.value) }) { $1 },
                idleTimeout: idleTimeout,
                clientTimeout: clientTimeout,
                enforcesIAM: enforcesIAM,
                logLevel: logLevel
            ),
            console: console
        )
        try await stack.run()
    }

    /// The folder of the running program.
    private static var ownDirectory: String {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent().path(percentEncoded: false)
    }
}

/// `Name=value`
struct TemplateParameter: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
