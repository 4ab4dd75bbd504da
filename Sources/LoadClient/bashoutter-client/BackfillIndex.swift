import ArgumentParser
import DynamoDB
import Foundation
import Haiku
import HaikuRepository
import Logging
import NIOPosix

struct BackfillIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill_index",
        abstract: "Adds the index attributes to items written by other tools.",
        usage: "bashoutter-client backfill_index --table NAME [options]",
        discussion: """
            Adds 'feed' and 'posted_at' to the items that lack them, and changes nothing
            else. Safe to repeat. Reads the credentials from AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY and, for temporary credentials, AWS_SESSION_TOKEN; the
            local stack accepts any values.

            Examples:
              bashoutter-client backfill_index --table haiku --region eu-west-1
              bashoutter-client backfill_index --table haiku --region local \\
                --endpoint-url http://127.0.0.1:8000
            """,
        aliases: ["adopt"]
    )

    @Option(help: ArgumentHelp("Name of the table.", valueName: "NAME"))
    var table: String

    @Option(help: ArgumentHelp("Region of the table (default: AWS_REGION).", valueName: "region"))
    var region: String?

    @Option(help: ArgumentHelp("DynamoDB endpoint to use instead of the region's.", valueName: "URL"))
    var endpointUrl: String?

    @Option(help: ArgumentHelp("Index shards to use; at most the functions' FEED_SHARDS.", valueName: "N"))
    var feedShards = 1

    func validate() throws {
        try CountOption.check("--feed-shards", feedShards, 1...256)
    }

    func run() async throws {
        var environment = ProcessInfo.processInfo.environment
        if let region { environment["AWS_REGION"] = region }
        if let endpointUrl { environment["AWS_ENDPOINT_URL_DYNAMODB"] = endpointUrl }
        let configuration = try DynamoDBConfiguration { environment[$0] }
        var logger = Logger(label: "backfill_index")
        logger.logLevel = .error
        let group = MultiThreadedEventLoopGroup.singleton
        let database = DynamoDBClient(configuration: configuration, eventLoop: group.any(), logger: logger)
        let haiku = HaikuTable(named: table, shards: FeedShards(feedShards) ?? .one, in: database)
        do {
            var line = ProgressLine()
            let result = try await haiku.backfillIndex {
                line.show("Scanned \($0.scanned) items, indexed \($0.indexed)")
            }
            line.clear()
            Terminal.print("Indexed \(result.indexed) of \(result.scanned) items in the table \(table).")
            if result.undated > 0 {
                Terminal.print("\(result.undated) of them have no valid created_at and come last in the list.")
            }
            await database.close()
        } catch {
            await database.close()
            throw BackfillError(error)
        }
    }
}
