extension ResourceReader {
    /// Splits `Policies` into inline statements and the names of all other policies.
    func readPolicies(
        _ policies: TemplateValue?,
        of id: String
    ) throws(TemplateError) -> (statements: [PolicyStatement], others: [String]) {
        guard let policies else { return ([], []) }
        var statements: [PolicyStatement] = []
        var others: [String] = []
        for policy in policies.list ?? [policies] {
            if let inline = policy["Statement"] {
                for statement in inline.list ?? [inline] { statements.append(try readStatement(statement, of: id)) }
            } else {
                others.append(policy.text ?? policy.map?.first?.key ?? "unnamed policy")
            }
        }
        return (statements, others)
    }

    private func readStatement(_ value: TemplateValue, of id: String) throws(TemplateError) -> PolicyStatement {
        guard let effect = value["Effect"]?.text.flatMap(PolicyStatement.Effect.init(rawValue:)) else {
            throw error(at: value.line, "the Effect of a policy statement of \(id) must be Allow or Deny")
        }
        for key in ["NotAction", "NotResource", "Condition"] where value[key] != nil {
            throw error(at: value.line, "\(key) in a policy statement of \(id) is not supported locally")
        }
        return PolicyStatement(
            effect: effect,
            actions: try strings(value["Action"], "Action"),
            resources: try strings(value["Resource"], "Resource")
        )
    }
}
