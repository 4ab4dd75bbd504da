import ServerlessTemplate

/// Authorizes the functions' DynamoDB requests by the template's policies.
///
/// Each function has an access key of its own. Requests signed with any other key are the user's and always allowed.
struct Authorizer: Sendable {
    private let statements: [String: [PolicyStatement]]

    /// - Throws: ``StartupError/unsupportedPolicies(_:)`` if a function has policies other than inline statements.
    init(_ functions: [FunctionResource]) throws(StartupError) {
        let unsupported = functions.flatMap { function in
            function.otherPolicies.map { "\($0) of \(function.logicalID)" }
        }
        guard unsupported.isEmpty else { throw .unsupportedPolicies(unsupported) }
        statements = Dictionary(functions.map { (Self.accessKeyID(of: $0), $0.statements) }) { $1 }
    }

    /// ``allows(_:action:resource:)`` for `EmbeddedDynamoDB`.
    var closure: @Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool {
        { allows($0, action: $1, resource: $2) }
    }

    /// The access key with which the function signs its requests.
    static func accessKeyID(of function: FunctionResource) -> String { "LOCAL\(function.name.uppercased())" }

    /// Whether the owner of the access key may perform `action`, such as `dynamodb:GetItem`, on the resource, an ARN.
    func allows(_ accessKeyID: String, action: String, resource: String) -> Bool {
        guard let statements = statements[accessKeyID] else { return true }
        let matching = statements.filter { statement in
            statement.actions.contains { Wildcard.matches(action.lowercased(), pattern: $0.lowercased()) }
                && statement.resources.contains { Wildcard.matches(resource, pattern: $0) }
        }
        return !matching.isEmpty && matching.allSatisfy { $0.effect == .allow }
    }
}
