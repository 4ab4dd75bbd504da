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

    @Flag(help: "Delete only the haiku of load tests.")
    var onlyLoadTest = false

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
            onlyOf: onlyLoadTest ? HaikuDraft.loadTestUsername : nil,
            sleep: { Thread.sleep(forTimeInterval: $0.seconds) },
            shouldStop: { Interruption.isRequested }
        )
        var bar = ProgressBar("Deleting")
        defer { bar.clear() }
        let result: DatabaseCleaner<CurlTransport>.Result
        do {
            result = try cleaner.deleteAll(confirm: confirmDeletion) { bar.show($0, of: $1) }
        } catch {
            bar.clear()
            if Interruption.isRequested {
                result = .stopped(cleaner.deleted)
            } else {
                if cleaner.deleted > 0 || cleaner.unknown > 0 { printCounts(cleaner) }
                throw error
            }
        }
        bar.clear()
        if cleaner.repeats > 0 { Terminal.printError("\(cleaner.repeats) requests were repeated.") }
        switch result {
        case .deleted:
            Terminal.print("Deleted all haiku \(onlyLoadTest ? "of load tests" : "in the database").")
        case .declined:
            throw ExitCode.failure
        case .stopped:
            printCounts(cleaner)
            throw ExitCode(Interruption.exitStatus)
        }
    }

    private func printCounts(_ cleaner: DatabaseCleaner<CurlTransport>) {
        let unknown =
            cleaner.unknown > 0 ? " \(cleaner.unknown) more may have been deleted; there was no response." : ""
        Terminal.print("Deleted \(cleaner.deleted) haiku.\(unknown)")
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
