import ServerlessTemplate

/// Judges what a function may do in the database by the policies that the template gives it.
///
/// Each function has an access key of its own. Requests signed with any other key are the user's, who may do anything.
struct Authorizer: Sendable {
    private let statements: [String: [PolicyStatement]]

    /// - Throws: ``StackError/unknownPolicies(_:)`` when a function has policies that are not written out.
    init(_ functions: [FunctionResource]) throws(StartupError) {
        let unknown = functions.flatMap { function in function.otherPolicies.map { "\($0) of \(function.logicalID)" } }
        guard unknown.isEmpty else { throw .unknownPolicies(unknown) }
        statements = Dictionary(functions.map { (Self.accessKeyID(of: $0), $0.statements) }) { $1 }
    }

    /// ``allows(_:action:resource:)`` as the database takes it.
    var closure: @Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool {
        { allows($0, action: $1, resource: $2) }
    }

    /// The access key that the function signs its requests with.
    static func accessKeyID(of function: FunctionResource) -> String { "LOCAL\(function.name.uppercased())" }

    /// Whether the holder of the key may do `action`, such as `dynamodb:GetItem`, on the resource with that ARN.
    func allows(_ accessKeyID: String, action: String, resource: String) -> Bool {
        guard let statements = statements[accessKeyID] else { return true }
        let matching = statements.filter { statement in
            statement.actions.contains { Wildcard.matches(action.lowercased(), pattern: $0.lowercased()) }
                && statement.resources.contains { Wildcard.matches(resource, pattern: $0) }
        }
        return !matching.isEmpty && matching.allSatisfy { $0.effect == .allow }
    }
}

/// Patterns in which `*` stands for any characters and `?` for one.
enum Wildcard {
    static func matches(_ text: String, pattern: String) -> Bool {
        let text = Array(text.utf8)
        let pattern = Array(pattern.utf8)
        var (at, patternAt) = (0, 0)
        // Where to go on when what follows the last star does not match.
        var retry: (at: Int, patternAt: Int)?
        while at < text.count {
            if patternAt < pattern.count, pattern[patternAt] == UInt8(ascii: "*") {
                retry = (at, patternAt)
                patternAt += 1
            } else if patternAt < pattern.count,
                pattern[patternAt] == text[at] || pattern[patternAt] == UInt8(ascii: "?")
            {
                at += 1
                patternAt += 1
            } else if let last = retry {
                retry = (last.at + 1, last.patternAt)
                at = last.at + 1
                patternAt = last.patternAt + 1
            } else {
                return false
            }
        }
        return pattern[patternAt...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
