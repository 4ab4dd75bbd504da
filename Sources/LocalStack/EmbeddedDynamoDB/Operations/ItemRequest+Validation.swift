extension ItemRequest {
    /// Checks everything that needs neither parsed expressions nor the table, and authorizes the operation.
    func check(for principal: Principal) throws(ServiceError) {
        // The service has another message for this constraint in Query than in Scan.
        guard operation != .query || numbers[.limit] ?? 1 >= 1 else {
            throw .validation(
                "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                    + "Member must have value greater than or equal to 1"
            )
        }
        try checkModel()
        try principal.authorize(operation, table: tableName, index: strings[.indexName])
        try checkParameters()
    }

    /// Checks the constraints of the service's API model.
    private func checkModel() throws(ServiceError) {
        var constraints = Constraints()
        for parameter in operation.constrainedParameters {
            switch parameter {
            case .tableName:
                constraints.checkPresent(strings[.tableName] != nil, at: parameter.path)
                constraints.check(name: strings[.tableName].map { _ in tableName }, at: parameter.path)
            case .indexName: constraints.check(name: strings[.indexName], at: parameter.path)
            default: constraints.check(strings[parameter], of: parameter)
            }
        }
        switch operation {
        case .putItem: constraints.checkPresent(attributes[.item] != nil, at: "item")
        case .getItem, .updateItem, .deleteItem: constraints.checkPresent(attributes[.key] != nil, at: "key")
        default: break
        }
        constraints.check(numbers[.limit], in: 1 ... .max, at: "limit")
        constraints.check(numbers[.segment], in: 0 ... .max, at: "segment")
        constraints.check(numbers[.totalSegments], in: 1...1_000_000, at: "totalSegments")
        try constraints.throwViolations()
    }

    /// Checks that attribute names and values come with an expression, and that there are no legacy parameters.
    func checkParameters() throws(ServiceError) {
        let expressions = operation.expressions.filter { strings[$0] != nil }
        let legacy = operation.legacyParameters.filter(givenLegacyParameters.contains)
        if !expressions.isEmpty, !legacy.isEmpty {
            let used = expressions.map(\.rawValue).joined(separator: ", ")
            throw .validation(
                "Can not use both expression and non-expression parameters in the same request: "
                    + "Non-expression parameters: {\(legacy.joined(separator: ", "))} Expression parameters: {\(used)}"
            )
        }
        if let parameter = legacy.first {
            throw .validation("The parameter \(parameter) is not supported by this database; use expressions instead")
        }
        if names != nil, expressions.isEmpty {
            throw .validation("ExpressionAttributeNames can only be specified when using expressions")
        }
        let withValues = operation.expressions.filter { $0 != .projectionExpression }
        if values != nil, !withValues.isEmpty, !expressions.contains(where: withValues.contains) {
            let listed = withValues.map(\.rawValue).joined(separator: " and ")
            throw .validation(
                "ExpressionAttributeValues can only be specified when using expressions: "
                    + "\(listed) \(withValues.count > 1 ? "are" : "is") null"
            )
        }
    }

    func placeholders() throws(ServiceError) -> Placeholders {
        try Self.check(names?.keys, of: "ExpressionAttributeNames", sign: "#")
        try Self.check(values?.keys, of: "ExpressionAttributeValues", sign: ":")
        for (key, name) in names ?? [:] {
            guard let problem = NamingRules.problem(withAttributeName: name) else { continue }
            throw .validation("ExpressionAttributeNames contains invalid value: \(problem) for key \(key)")
        }
        var checked: [String: AttributeValue] = [:]
        for (key, value) in values ?? [:] {
            if let problem = value.problem {
                throw .validation("ExpressionAttributeValues contains invalid value: \(problem) for key \(key)")
            }
            checked[key] = value.value
        }
        return Placeholders(names: names ?? [:], values: checked)
    }

    private static func check(
        _ keys: (some Collection<String>)?,
        of parameter: String,
        sign: Unicode.Scalar
    ) throws(ServiceError) {
        guard let keys else { return }
        guard !keys.isEmpty else { throw .validation("\(parameter) must not be empty") }
        let invalid = keys.filter { key in
            let rest = key.utf8.dropFirst()
            return key.unicodeScalars.first != sign || !NamingRules.isWellFormed(rest)
                || rest.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        }
        guard let key = invalid.min() else { return }
        throw .validation("\(parameter) contains invalid key: Syntax error; key: \"\(key)\"")
    }

    func condition(_ parameter: StringParameter, _ placeholders: inout Placeholders) throws(ServiceError) -> Condition?
    {
        guard let source = strings[parameter] else { return nil }
        return try Condition(parsing: source, parameter: parameter.rawValue, placeholders: &placeholders)
    }

    func update(_ placeholders: inout Placeholders) throws(ServiceError) -> Update? {
        guard let source = strings[.updateExpression] else { return nil }
        return try Update(parsing: source, placeholders: &placeholders)
    }

    func projection(_ placeholders: inout Placeholders) throws(ServiceError) -> Projection? {
        guard let source = strings[.projectionExpression] else { return nil }
        return try Projection(parsing: source, placeholders: &placeholders)
    }
}
