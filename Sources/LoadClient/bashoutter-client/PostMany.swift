import ArgumentParser
import LoadClient

struct PostMany: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post_many",
        abstract: "Posts N haiku in Japanese, each different.",
        usage: "bashoutter-client ENDPOINT post_many N [options]",
        discussion: """
            Example:
              bashoutter-client http://127.0.0.1:8080 post_many 300
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: ArgumentHelp("How many.", valueName: "N"))
    var count: Int

    @Option(name: .shortAndLong, help: ArgumentHelp("Requests under way at once.", valueName: "C"))
    var concurrency = 10

    @Option(help: ArgumentHelp("The haiku follow from it (default: random).", valueName: "S"))
    var seed: UInt64?

    func validate() throws {
        guard count >= 0 else { throw ValidationError("N must not be negative.") }
        guard (1...10_000).contains(concurrency) else {
            throw ValidationError("--concurrency must be from 1 to 10000.")
        }
    }

    func run() async throws {
        Interruption.watch()
        OpenFiles.allow(concurrency)
        let endpoint = connection.endpoint
        let transport = CurlTransport(
            endpoint: endpoint,
            settings: try connection.settings(),
            slots: min(concurrency, max(count, 1))
        )
        var poster = BulkPoster(
            transport: transport,
            endpoint: endpoint,
            seed: seed ?? .random(in: 0...UInt64(UInt32.max)),
            shouldStop: { Interruption.hasCome }
        )
        var bar = ProgressBar("Posting")
        defer { bar.remove() }
        let result = try poster.post(count) { bar.show($0, of: count) }
        bar.remove()
        Terminal.print("Sent POST /haiku requests \(result.sent) times.")
        for (words, times) in result.errors.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            Terminal.printError("\(times) failed: \(words)")
        }
        if Interruption.hasCome { throw ExitCode(Interruption.exitStatus) }
        if result.created < count { throw ExitCode.failure }
    }
}
