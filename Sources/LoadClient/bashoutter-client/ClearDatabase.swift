import ArgumentParser
import Foundation
import LoadClient
import ProcessLimits

struct ClearDatabase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear_database",
        abstract: "Deletes all haiku.",
        usage: "bashoutter-client ENDPOINT clear_database [options]",
        discussion: """
            Asks for confirmation before it deletes more than 100 haiku from a remote host.

            Example:
              bashoutter-client http://127.0.0.1:8080 clear_database
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Concurrent requests.", valueName: "C"))
    var concurrency = 10

    @Flag(name: .shortAndLong, help: "Delete without confirmation.")
    var yes = false

    func validate() throws {
        try CountOption.check("--concurrency", concurrency, 1...10_000)
    }

    func run() async throws {
        Interruption.installSignalHandlers()
        FileDescriptorLimit.raise(forConnections: concurrency)
        let endpoint = connection.endpoint
        let transport = CurlTransport(endpoint: endpoint, settings: try connection.settings(), slots: concurrency)
        var cleaner = DatabaseCleaner(
            transport: transport,
            endpoint: endpoint,
            sleep: { Thread.sleep(forTimeInterval: $0.seconds) },
            shouldStop: { Interruption.isRequested }
        )
        var bar = ProgressBar("Deleting")
        defer { bar.clear() }
        let result = try cleaner.deleteAll(confirm: confirmDeletion) { bar.show($0, of: $1) }
        bar.clear()
        switch result {
        case .deleted:
            Terminal.print("Deleted all haiku in the database.")
        case .declined:
            throw ExitCode.failure
        case .stopped(let count):
            Terminal.print("Deleted \(count) haiku.")
            throw ExitCode(Interruption.exitStatus)
        }
    }

    private func confirmDeletion() -> Bool {
        if yes || connection.endpoint.isLoopback { return true }
        switch Terminal.confirm("Delete more than 100 haiku from \(connection.endpoint.host)?") {
        case true?: return true
        case false?: Terminal.printError("Nothing was deleted.")
        case nil:
            Terminal.printError(
                "\(connection.endpoint.host) has more than 100 haiku. Nothing was deleted; pass --yes to confirm."
            )
        }
        return false
    }
}
