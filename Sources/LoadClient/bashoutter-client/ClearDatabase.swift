import ArgumentParser
import Foundation
import LoadClient

struct ClearDatabase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear_database",
        abstract: "Deletes all haiku.",
        usage: "bashoutter-client ENDPOINT clear_database [options]",
        discussion: """
            Asks before it deletes more than 100 haiku from another machine.

            Example:
              bashoutter-client http://127.0.0.1:8080 clear_database
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Requests under way at once.", valueName: "C"))
    var concurrency = 10

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func validate() throws {
        guard (1...10_000).contains(concurrency) else {
            throw ValidationError("--concurrency must be from 1 to 10000.")
        }
    }

    func run() async throws {
        Interruption.watch()
        OpenFiles.allow(concurrency)
        let endpoint = connection.endpoint
        let transport = CurlTransport(endpoint: endpoint, settings: try connection.settings(), slots: concurrency)
        var eraser = DatabaseCleaner(
            transport: transport,
            endpoint: endpoint,
            pause: { Thread.sleep(forTimeInterval: $0.seconds) },
            shouldStop: { Interruption.hasCome }
        )
        var bar = ProgressBar("Deleting")
        defer { bar.remove() }
        let result = try eraser.eraseAll(mayDeleteMore: mayDeleteMore) { bar.show($0, of: $1) }
        bar.remove()
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

    private func mayDeleteMore() -> Bool {
        if yes || connection.endpoint.isThisMachine { return true }
        let answer = Terminal.confirm("Delete more than 100 haiku from \(connection.endpoint.host)?")
        switch answer {
        case true?: return true
        case false?: Terminal.printError("Nothing was deleted.")
        case nil:
            Terminal.printError(
                "There are more than 100 haiku at \(connection.endpoint.host). Nothing was deleted: say --yes."
            )
        }
        return false
    }
}
