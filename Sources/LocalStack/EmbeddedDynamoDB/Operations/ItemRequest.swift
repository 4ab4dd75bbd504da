import JSON

enum TextParameter: String, CaseIterable, Sendable {
    case tableName = "TableName"
    case indexName = "IndexName"
    case conditionExpression = "ConditionExpression"
    case filterExpression = "FilterExpression"
    case keyConditionExpression = "KeyConditionExpression"
    case projectionExpression = "ProjectionExpression"
    case updateExpression = "UpdateExpression"
    case returnConsumedCapacity = "ReturnConsumedCapacity"
    case returnItemCollectionMetrics = "ReturnItemCollectionMetrics"
    case returnValues = "ReturnValues"
    case returnValuesOnConditionCheckFailure = "ReturnValuesOnConditionCheckFailure"
    case select = "Select"

    /// The path under which messages name the parameter.
    var path: String { rawValue.prefix(1).lowercased() + rawValue.dropFirst() }
}

enum FlagParameter: String, Sendable {
    case consistentRead = "ConsistentRead"
    case scanIndexForward = "ScanIndexForward"
}

enum NumberParameter: String, Sendable {
    case limit = "Limit"
    case segment = "Segment"
    case totalSegments = "TotalSegments"
}

enum AttributesParameter: String, Sendable {
    case item = "Item"
    case key = "Key"
    case exclusiveStartKey = "ExclusiveStartKey"
}

/// The parameters of a request about items, with their types checked and nothing else.
struct ItemRequest: Sendable {
    let operation: Operation
    private(set) var texts: [TextParameter: String] = [:]
    private(set) var flags: [FlagParameter: Bool] = [:]
    private(set) var numbers: [NumberParameter: Int] = [:]
    private(set) var attributes: [AttributesParameter: UnvalidatedAttribute<AttributeMap>] = [:]
    private(set) var names: [String: String]?
    private(set) var values: [String: UnvalidatedAttribute<AttributeValue>]?
    /// Members that none of the above knows.
    private(set) var others: Set<String> = []
    /// The keys of one table of a BatchGetItem.
    private(set) var keys: [UnvalidatedAttribute<AttributeMap>]?

    init(_ operation: Operation, body: [UInt8]) throws {
        self.operation = operation
        try body.readJSON { try read(from: &$0) }
    }

    /// Reads an object of parameters: a body, or the part of a BatchGetItem about one table.
    init(_ operation: Operation, from reader: inout JSONReader) throws {
        self.operation = operation
        try read(from: &reader)
    }

    private mutating func read(from reader: inout JSONReader) throws {
        try reader.readObject { reader, key in
            let key = key.string
            if let parameter = TextParameter(rawValue: key) {
                texts[parameter] = try reader.readParameter(String.self)
            } else if let parameter = AttributesParameter(rawValue: key) {
                attributes[parameter] = try AttributeReader.readMap(from: &reader)
            } else if key == "ExpressionAttributeValues" {
                var values: [String: UnvalidatedAttribute<AttributeValue>] = [:]
                try reader.readObject { reader, key in
                    var attributes = AttributeReader()
                    let value = try attributes.readValue(from: &reader, nesting: 0)
                    values[key.string] = UnvalidatedAttribute(value: value, problem: attributes.problem)
                }
                self.values = values
            } else if key == "ExpressionAttributeNames" {
                var names: [String: String] = [:]
                try reader.readObject { names[$1.string] = try $0.readParameter(String.self) }
                self.names = names
            } else if let parameter = FlagParameter(rawValue: key) {
                flags[parameter] = try reader.readParameter(Bool.self)
            } else if let parameter = NumberParameter(rawValue: key) {
                numbers[parameter] = try reader.readParameter(Int.self)
            } else if key == "Keys" {
                keys = try reader.readArray { try AttributeReader.readMap(from: &$0) }
            } else {
                others.insert(key)
                try reader.skipValue()
            }
        }
    }

    subscript(parameter: TextParameter) -> String? { texts[parameter] }

    /// The table's name, which may be given as an ARN; empty when it is missing.
    var tableName: String {
        let name = texts[.tableName] ?? ""
        return name.hasPrefix("arn:") ? String(name.split(separator: "/", maxSplits: 1).last ?? "") : name
    }

    // MARK: Checks

    /// Checks the constraints of the service's model on the parameters that `order` lists, in that order.
    func checkModel(_ order: [TextParameter], requiring required: AttributesParameter? = nil) throws(ServiceError) {
        var constraints = Constraints()
        for parameter in order {
            let value = texts[parameter]
            switch parameter {
            case .tableName:
                constraints.checkPresent(value != nil, at: parameter.path)
                if value != nil { constraints.check(name: tableName, at: parameter.path, minimum: 1) }
            case .indexName: constraints.check(name: value, at: parameter.path, minimum: 3)
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
        try constraints.throwFailures()
    }

    /// Checks that expressions and what belongs to them are used together, and that no older parameter is used.
    func checkParameters() throws(ServiceError) {
        let expressions = operation.expressions.filter { texts[$0] != nil }
        let legacy = operation.legacyParameters.filter(others.contains)
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
        let taking = operation.expressions.filter { $0 != .projectionExpression }
        if values != nil, !taking.isEmpty, !expressions.contains(where: taking.contains) {
            let listed = taking.map(\.rawValue).joined(separator: " and ")
            throw .validation(
                "ExpressionAttributeValues can only be specified when using expressions: "
                    + "\(listed) \(taking.count > 1 ? "are" : "is") null"
            )
        }
    }

    func placeholders() throws(ServiceError) -> Placeholders {
        if names?.isEmpty == true { throw .validation("ExpressionAttributeNames must not be empty") }
        if values?.isEmpty == true { throw .validation("ExpressionAttributeValues must not be empty") }
        try Self.check(names?.keys.sorted() ?? [], of: "ExpressionAttributeNames", sign: "#")
        try Self.check(values?.keys.sorted() ?? [], of: "ExpressionAttributeValues", sign: ":")
        for (key, name) in names ?? [:] {
            guard let problem = Names.problem(ofAttribute: name) else { continue }
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

    private static func check(_ keys: [String], of parameter: String, sign: Character) throws(ServiceError) {
        for key in keys {
            let rest = key.dropFirst()
            let isWellFormed = Names.isWellFormed(String(rest)) && !rest.contains { $0 == "." || $0 == "-" }
            guard key.first == sign, isWellFormed else {
                throw .validation("\(parameter) contains invalid key: Syntax error; key: \"\(key)\"")
            }
        }
    }

    func condition(_ parameter: TextParameter, _ placeholders: inout Placeholders) throws(ServiceError) -> Condition? {
        guard let source = texts[parameter] else { return nil }
        return try Condition(parsing: source, parameter: parameter.rawValue, placeholders: &placeholders)
    }

    func projection(_ placeholders: inout Placeholders) throws(ServiceError) -> Projection? {
        guard let source = texts[.projectionExpression] else { return nil }
        return try Projection(parsing: source, placeholders: &placeholders)
    }
}

extension [UInt8] {
    /// Reads the one JSON value that a request's body holds.
    func readJSON<Result>(_ read: (inout JSONReader) throws -> Result) throws -> Result {
        do {
            return try withUnsafeBytes { bytes in
                var reader = JSONReader(bytes, maximumDepth: 128)
                guard try reader.peek() == .object else {
                    throw ServiceError(.serialization, "Start of structure expected")
                }
                let result = try read(&reader)
                try reader.finish()
                return result
            }
        } catch is JSONError {
            // The service says no more than that.
            throw ServiceError(.serialization, "")
        }
    }
}
