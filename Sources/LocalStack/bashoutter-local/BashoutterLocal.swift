import ArgumentParser

@main
struct BashoutterLocal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashoutter-local",
        abstract: "Run Bashoutter on this machine: API Gateway, Lambda, DynamoDB and the website.",
        subcommands: [ServeCommand.self, DynamoDBCommand.self],
        defaultSubcommand: ServeCommand.self
    )
}
