import ArgumentParser

@main
struct BashoutterClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashoutter-client",
        abstract: "Posts haiku to Bashoutter, deletes them, and load-tests the API.",
        usage: """
            bashoutter-client ENDPOINT post_many N
            bashoutter-client ENDPOINT clear_database
            bashoutter-client ENDPOINT load [options]
            bashoutter-client compare A.json B.json
            bashoutter-client backfill_index --table NAME
            """,
        discussion: """
            ENDPOINT is the API's base URL, which the local stack and script/deploy print.

            Example:
              bashoutter-client http://127.0.0.1:8080 post_many 300

            Exit status: 0 on success, 1 if something failed or a --fail-if condition
            holds, 64 for invalid arguments, 130 after Ctrl-C.
            """,
        subcommands: [PostMany.self, ClearDatabase.self, Load.self, Compare.self, BackfillIndex.self]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let commands = configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases }
        if ArgumentReordering.isEndpointMissing(arguments, commands: ["post_many", "clear_database", "load"]) {
            exit(
                withError: ValidationError(
                    "The endpoint is missing; is $ENDPOINT_URL empty? Expected a URL such as http://127.0.0.1:8080."
                )
            )
        }
        guard let reordered = ArgumentReordering.commandFirst(arguments, commands: commands) else {
            exit(withError: ValidationError("Expected post_many, clear_database or load after the endpoint."))
        }
        await main(reordered)
    }
}
