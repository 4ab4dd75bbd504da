import ArgumentParser
import LoadClient
import ProcessLimits

struct PostMany: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post_many",
        abstract: "Posts N distinct haiku in Japanese.",
        usage: "bashoutter-client ENDPOINT post_many N [options]",
        discussion: """
            Repeats requests that were throttled or got no response, with the same
            Idempotency-Key.

            Example:
              bashoutter-client http://127.0.0.1:8080 post_many 300
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: ArgumentHelp("Number of haiku.", valueName: "N"))
    var count: Int

    @Option(name: .shortAndLong, help: ArgumentHelp("Concurrent requests.", valueName: "C"))
    var concurrency = 10

    @Option(help: ArgumentHelp("Seed that determines the haiku (default: random).", valueName: "S"))
    var seed: UInt64?

    func validate() throws {
        guard count >= 0 else { throw ValidationError("N must not be negative; got \(count)") }
        try CountOption.check("--concurrency", concurrency, 1...10_000)
    }

    func run() async throws {
        Interruption.installSignalHandlers()
        FileDescriptorLimit.raise(forConnections: concurrency)
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
            run: .random(in: .min ... .max),
            shouldStop: { Interruption.isRequested }
        )
        var bar = ProgressBar("Posting")
        defer { bar.clear() }
        let result = try poster.post(count) { bar.show($0, of: count) }
        bar.clear()
        Terminal.print("Sent POST /haiku requests \(result.sent) times.")
        for (error, count) in result.errors.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            Terminal.printError("\(count) failed: \(error)")
        }
        if result.repeats > 0 {
            Terminal.printError("\(result.repeats) requests were repeated, with the same Idempotency-Key.")
        }
        if result.created < count {
            let unknown = result.unknown > 0 ? "; \(result.unknown) more may exist, their posts got no response" : ""
            Terminal.printError("Posted \(result.created) of \(count) haiku\(unknown).")
        }
        if result.isUnresponsive {
            Terminal.printError("Stopped: \(endpoint.base) does not respond any more.")
        }
        if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
        if result.created < count { throw ExitCode.failure }
    }
}
