import ArgumentParser
import DynamoDB
import Foundation
import Haiku
import HaikuRepository
import Logging
import NIOPosix

struct BackfillIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Puts haiku into the list that other tools have written to the table.",
        usage: "bashoutter-client adopt --table NAME [options]",
        discussion: """
            Items that lack 'feed' and 'posted_at' are given them; nothing else is touched. Safe to
            repeat. The credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if they
            are temporary, AWS_SESSION_TOKEN; all may be anything for the local stack.

            Example:
              bashoutter-client adopt --table haiku --region eu-west-1
              bashoutter-client adopt --table haiku --region local --endpoint-url http://127.0.0.1:8000
            """
    )

    @Option(help: ArgumentHelp("The table.", valueName: "NAME"))
    var table: String

    @Option(help: ArgumentHelp("Its region (default: AWS_REGION).", valueName: "region"))
    var region: String?

    @Option(help: ArgumentHelp("DynamoDB's address, if it is not AWS's own.", valueName: "URL"))
    var endpointUrl: String?

    @Option(help: ArgumentHelp("Shards to spread them over: at most the functions' FEED_SHARDS.", valueName: "N"))
    var feedShards = 1

    func validate() throws {
        guard FeedShards(feedShards) != nil else { throw ValidationError("--feed-shards must be from 1 to 256.") }
    }

    func run() async throws {
        var environment = ProcessInfo.processInfo.environment
        if let region { environment["AWS_REGION"] = region }
        if let endpointUrl { environment["AWS_ENDPOINT_URL_DYNAMODB"] = endpointUrl }
        let configuration = try DynamoDBConfiguration { environment[$0] }
        var logger = Logger(label: "adopt")
        logger.logLevel = .error
        let group = MultiThreadedEventLoopGroup.singleton
        let database = DynamoDBClient(configuration: configuration, eventLoop: group.any(), logger: logger)
        let haiku = HaikuTable(named: table, shards: FeedShards(feedShards) ?? .one, in: database)
        do {
            var line = ProgressLine()
            let result = try await haiku.backfillIndex {
                line.show("Looked at \($0.scanned) items, adopted \($0.adopted)")
            }
            line.remove()
            Terminal.print("Adopted \(result.adopted) of \(result.scanned) items in the table \(table).")
            if result.undated > 0 {
                Terminal.print(
                    "\(result.undated) of them have no created_at that is a date: they come last in the list."
                )
            }
            await database.close()
        } catch {
            await database.close()
            throw AdoptionError(error)
        }
    }
}

/// Why the adoption ended early.
struct AdoptionError: Error, CustomStringConvertible {
    let description: String

    init(_ error: HaikuRepositoryError) {
        let reason =
            switch error {
            case .throttled: "DynamoDB takes no more for now"
            case .unavailable(let words), .failed(let words): words
            }
        description = "\(reason). Run it again: what is adopted stays so."
    }
}
