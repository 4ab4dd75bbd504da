import ArgumentParser
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API, the website and the database until Ctrl-C.",
        discussion: """
            The functions, their routes and their settings come from the SAM template. Build the functions' executables \
            with `script/build` first. All servers listen on 127.0.0.1 only.
            """
    )

    @Option(help: "The port of the API and the website; 0 for any free port.")
    var port = 8080

    @Option(name: .customLong("dynamodb-port"), help: "The port of the database; 0 for any free port.")
    var dynamoDBPort = 8000

    @Option(name: .customLong("data"), help: "The folder of the database.")
    var dataDirectory = ".bashoutter"

    @Option(help: "The maximum number of processes per function.")
    var concurrency = ProcessInfo.processInfo.activeProcessorCount * 4

    @Option(help: "The path of the SAM template.")
    var template = "infra/template.yaml"

    @Option(
        name: .customLong("functions"),
        help: "The folder of the functions' executables. (default: the folder of bashoutter-local)"
    )
    var functionsDirectory: String?

    @Option(help: "The folder of the website.")
    var web = "web"

    @Option(
        name: .customLong("parameter"),
        help: "A template parameter as Name=value. May be repeated."
    )
    var parameters: [TemplateParameter] = []

    @Option(help: "Stop idle processes after this many seconds; one per function is kept.")
    var idleTimeout = 5.0

    @Option(help: "The time in seconds that a client has to send a request body or to read a response.")
    var clientTimeout = 30.0

    @Flag(
        name: .customLong("enforce-iam"),
        help: "Allow each function only the database operations that its policies in the template allow.")
    var enforcesIAM = false

    @Flag(
        name: .customLong("throttle"), help: "Reject requests beyond the throttle of the template, as API Gateway does."
    )
    var throttles = false

    @Option(help: "The lowest level that is logged; debug includes each invocation.")
    var logLevel = Logger.Level.info

    func validate() throws {
        try Self.check(port, in: 0...65_535, "--port")
        try Self.check(dynamoDBPort, in: 0...65_535, "--dynamodb-port")
        guard port == 0 || port != dynamoDBPort else {
            throw ValidationError("--port and --dynamodb-port must be different; both are \(port).")
        }
        try Self.check(concurrency, in: 1...1_000, "--concurrency")
        try Self.check(idleTimeout, in: 0.1...86_400, "--idle-timeout", unit: " seconds")
        try Self.check(clientTimeout, in: 0.1...86_400, "--client-timeout", unit: " seconds")
    }

    private static func check<Value>(_ value: Value, in range: ClosedRange<Value>, _ option: String, unit: String = "")
        throws
    {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) must be between \(range.lowerBound) and \(range.upperBound)\(unit); got \(value)."
            )
        }
    }

    func run() async throws {
        let logWriter = AsyncLogWriter()
        defer { logWriter.flush() }
        try await LocalStack(options: self, logWriter: logWriter).run()
    }
}
