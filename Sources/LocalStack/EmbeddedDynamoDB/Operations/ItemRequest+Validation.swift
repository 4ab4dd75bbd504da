extension ItemRequest {
    /// Checks the constraints of the service's API model on the listed parameters, in that order.
    func checkModel(_ parameters: [StringParameter], requiring required: AttributeMapParameter? = nil)
        throws(ServiceError)
    {
        var constraints = Constraints()
        for parameter in parameters {
            let value = strings[parameter]
            switch parameter {
            case .tableName:
                constraints.checkPresent(value != nil, at: parameter.path)
                if value != nil { constraints.check(name: tableName, at: parameter.path) }
            case .indexName: constraints.check(name: value, at: parameter.path)
            case .returnConsumedCapacity:
                constraints.check(value, at: parameter.path, isOneOf: ["INDEXES", "TOTAL", "NONE"])
            case .returnItemCollectionMetrics: constraints.check(value, at: parameter.path, isOneOf: ["SIZE", "NONE"])
            case .returnValues:
                let allowed = ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]
                constraints.check(value, at: parameter.path, isOneOf: allowed)
            case .returnValuesOnConditionCheckFailure:
                constraints.check(value, at: parameter.path, isOneOf: ["ALL_OLD", "NONE"])
            case .select:
                let allowed = ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]
                constraints.check(value, at: parameter.path, isOneOf: allowed)
            default: break
            }
        }
        if let required {
            constraints.checkPresent(attributes[required] != nil, at: required.rawValue.lowercased())
        }
        for (parameter, minimum) in [(NumberParameter.limit, 1), (.segment, 0), (.totalSegments, 1)] {
            guard let number = numbers[parameter] else { continue }
            let path = parameter.rawValue.prefix(1).lowercased() + parameter.rawValue.dropFirst()
            let constraint = "have value greater than or equal to \(minimum)"
            constraints.check(number >= minimum, "\(number)", at: path, constraint)
        }
        if let total = numbers[.totalSegments] {
            let constraint = "have value less than or equal to 1000000"
            constraints.check(total <= 1_000_000, "\(total)", at: "totalSegments", constraint)
        }
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

    func projection(_ placeholders: inout Placeholders) throws(ServiceError) -> Projection? {
        guard let source = strings[.projectionExpression] else { return nil }
        return try Projection(parsing: source, placeholders: &placeholders)
    }
}
