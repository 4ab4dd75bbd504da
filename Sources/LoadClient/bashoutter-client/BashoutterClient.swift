import ArgumentParser

/// The words that all commands share.
@main
struct BashoutterClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashoutter-client",
        abstract: "Posts haiku to Bashoutter, deletes them, and tests how much load it bears.",
        usage: """
            bashoutter-client ENDPOINT post_many N
            bashoutter-client ENDPOINT clear_database
            bashoutter-client ENDPOINT load [options]
            bashoutter-client adopt --table NAME
            """,
        discussion: """
            ENDPOINT is the API's base URL, which the local stack and the deployment print.

            Example:
              bashoutter-client http://127.0.0.1:8080 post_many 300

            Exit status: 0 if all went well, 1 if something failed or --fail-if came true,
            64 for words that it does not understand, 130 after Ctrl-C.
            """,
        subcommands: [PostMany.self, ClearDatabase.self, Load.self, BackfillIndex.self]
    )

    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        let commands = configuration.subcommands.map { $0._commandName }
        guard let ordered = ArgumentReordering.commandFirst(words, commands: commands) else {
            exit(withError: ValidationError("Say post_many, clear_database or load behind the endpoint."))
        }
        await main(ordered)
    }
}

/// The textbook's client is told the endpoint before the command, while commands come first for ArgumentParser.
enum ArgumentReordering {
    /// The words with the command first; nil when there is an endpoint and no command behind it.
    static func commandFirst(_ words: [String], commands: [String]) -> [String]? {
        guard let endpoint = words.first, !endpoint.hasPrefix("-"), !commands.contains(endpoint), endpoint != "help"
        else { return words }
        guard words.count >= 2, commands.contains(words[1]) else {
            return words.contains { ["-h", "--help"].contains($0) } ? ["--help"] : nil
        }
        return [words[1], endpoint] + words.dropFirst(2)
    }
}
