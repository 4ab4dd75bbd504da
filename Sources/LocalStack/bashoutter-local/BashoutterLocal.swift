import ArgumentParser

/// The local stack as a command.
@main
struct BashoutterLocal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashoutter-local",
        abstract: "Bashoutter on one machine: API Gateway, Lambda, DynamoDB and the page.",
        subcommands: [ServeCommand.self, DynamoDBCommand.self],
        defaultSubcommand: ServeCommand.self
    )
}
