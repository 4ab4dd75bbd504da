/// The textbook's client has the endpoint before the command, whereas ArgumentParser requires the command first.
enum ArgumentReordering {
    /// Whether the first argument is empty, or is a command that requires an endpoint and there is none: probably a shell
    /// variable that is not set.
    static func isEndpointMissing(_ arguments: [String], commands: [String]) -> Bool {
        guard let first = arguments.first, !arguments.contains(where: { ["-h", "--help"].contains($0) }) else {
            return false
        }
        return first.isEmpty || commands.contains(first) && !arguments.dropFirst().contains { $0.contains("://") }
    }

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
