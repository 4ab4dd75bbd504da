/// The textbook's client has the endpoint before the command, whereas ArgumentParser requires the command first.
enum ArgumentReordering {
    /// Moves the command to the front. Returns nil if no command follows the endpoint.
    static func commandFirst(_ arguments: [String], commands: [String]) -> [String]? {
        guard let endpoint = arguments.first, !endpoint.hasPrefix("-"), !commands.contains(endpoint), endpoint != "help"
        else { return arguments }
        guard arguments.count >= 2, commands.contains(arguments[1]) else {
            return arguments.contains { ["-h", "--help"].contains($0) } ? ["--help"] : nil
        }
        return [arguments[1], endpoint] + arguments.dropFirst(2)
    }
}
