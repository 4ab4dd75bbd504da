/// A key condition expression: a condition on the partition key and at most one on the sort key, joined by AND.
///
/// Source: "Key condition expressions for the Query operation in DynamoDB".
struct KeyCondition: Sendable {
    enum Predicate: Sendable {
        case comparison(Condition.Comparator, AttributeValue)
        case between(AttributeValue, AttributeValue)
        case beginsWith(AttributeValue)

        var values: [AttributeValue] {
            switch self {
            case .comparison(_, let value), .beginsWith(let value): [value]
            case .between(let low, let high): [low, high]
            }
        }
    }

    private(set) var predicates: [UTF8String: Predicate] = [:]

    init(_ condition: Condition) throws(ServiceError) {
        try add(condition)
        guard predicates.count <= 2 else { throw .validation("Conditions can be of length 1 or 2 only") }
    }

    private mutating func add(_ condition: Condition) throws(ServiceError) {
        switch condition {
        case .and(let left, let right):
            try add(left)
            try add(right)
        case .or: throw Self.invalidOperator("OR")
        case .not: throw Self.invalidOperator("NOT")
        case .isIn: throw Self.invalidOperator("IN")
        case .comparison(_, .notEqual, _): throw Self.invalidOperator("<>")
        case .attributeExists: throw Self.invalidOperator("attribute_exists")
        case .attributeNotExists: throw Self.invalidOperator("attribute_not_exists")
        case .attributeType: throw Self.invalidOperator("attribute_type")
        case .contains: throw Self.invalidOperator("contains")
        case .comparison(let left, let comparator, let right):
            if case .path = left {
                try add(left, .comparison(comparator, try Self.value(right)))
            } else {
                try add(right, .comparison(comparator.mirrored, try Self.value(left)))
            }
        case .between(let operand, let low, let high):
            try Self.checkIsPath(operand, first: "BETWEEN")
            try add(operand, .between(try Self.value(low), try Self.value(high)))
        case .beginsWith(let operand, let prefix):
            try Self.checkIsPath(operand, first: "begins_with")
            try add(operand, .beginsWith(try Self.value(prefix)))
        }
    }

    private mutating func add(_ operand: Condition.Operand, _ predicate: Predicate) throws(ServiceError) {
        switch operand {
        case .size: throw .validation("KeyConditionExpressions cannot contain nested operations")
        case .value:
            throw .validation("Invalid condition in KeyConditionExpression: No key attribute specified")
        case .path(let path):
            guard path.steps.isEmpty else {
                throw .validation("KeyConditionExpressions cannot have conditions on nested attributes")
            }
            guard predicates.updateValue(predicate, forKey: path.attribute) == nil else {
                throw .validation("KeyConditionExpressions must only contain one condition per key")
            }
        }
    }

    private static func invalidOperator(_ name: String) -> ServiceError {
        .validation("Invalid operator used in KeyConditionExpression: \(name)")
    }

    private static func checkIsPath(_ operand: Condition.Operand, first name: String) throws(ServiceError) {
        if case .path = operand { return }
        throw .validation(
            "Invalid condition in KeyConditionExpression: \(name) operator must have the key attribute as its first "
                + "operand"
        )
    }

    private static func value(_ operand: Condition.Operand) throws(ServiceError) -> AttributeValue {
        switch operand {
        case .value(let value): return value
        case .size: throw .validation("KeyConditionExpressions cannot contain nested operations")
        case .path:
            throw .validation(
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
            )
        }
    }

    /// The rows that satisfy the condition in a table or an index with this key schema.
    func range(in schema: KeySchema) throws(ServiceError) -> StorageKeyRange {
        if schema.sort == nil, predicates.count > 1 { throw .validation("Query key condition not supported") }
        for attribute in schema.attributes {
            let isPartition = attribute.name == schema.partition.name
            guard let predicate = predicates[attribute.name] else {
                if isPartition || predicates.count > 1 {
                    throw .validation("Query condition missed key schema element: \(attribute.name)")
                }
                continue
            }
            guard predicate.values.allSatisfy({ $0.kind == attribute.type }) else {
                throw .invalidParameter("Condition parameter type does not match schema type")
            }
            guard !predicate.values.contains(where: \.isEmptyKey) else {
                throw .validation(
                    "One or more parameter values are not valid. \(attribute.emptyValue). Key: \(attribute.name)")
            }
            for value in predicate.values { try Table.checkLength(value, isPartition: isPartition) }
        }
        guard case .comparison(.equal, let partition)? = predicates[schema.partition.name],
            let key = StorageKey(
                of: AttributeMap([.init(name: schema.partition.name, value: partition)]),
                in: KeySchema(partition: schema.partition, sort: nil)
            )
        else { throw .validation("Query key condition not supported") }
        let (lower, upper) = schema.sort.flatMap { predicates[$0.name] }?.sortRange ?? ([], nil)
        return StorageKeyRange(
            lower: StorageKey(partition: key.partition, sort: lower),
            upper: upper.map { StorageKey(partition: key.partition, sort: $0) }
                ?? StorageKey(partition: key.partition + [0])
        )
    }
}

extension KeyCondition.Predicate {
    /// The sort keys that satisfy the predicate: the inclusive lower bound, and the exclusive upper bound, if any.
    fileprivate var sortRange: ([UInt8], [UInt8]?) {
        let bytes = values.map { $0.keyBytes ?? [] }
        switch self {
        case .comparison(.less, _): return ([], bytes[0])
        case .comparison(.lessOrEqual, _): return ([], bytes[0] + [0])
        case .comparison(.greater, _): return (bytes[0] + [0], nil)
        case .comparison(.greaterOrEqual, _): return (bytes[0], nil)
        case .comparison: return (bytes[0], bytes[0] + [0])
        case .between: return (bytes[0], bytes[1] + [0])
        case .beginsWith:
            // The first string after those with the prefix: the prefix with its last byte below 0xFF incremented.
            var end = bytes[0]
            while end.last == 0xFF { end.removeLast() }
            if let last = end.popLast() { end.append(last + 1) }
            return (bytes[0], end.isEmpty ? nil : end)
        }
    }

    func holds(for value: AttributeValue) -> Bool {
        guard let bytes = value.keyBytes else { return false }
        let (lower, upper) = sortRange
        return !bytes.lexicographicallyPrecedes(lower) && (upper.map { bytes.lexicographicallyPrecedes($0) } ?? true)
    }
}

extension Condition.Comparator {
    /// The equivalent comparator for swapped operands.
    fileprivate var mirrored: Condition.Comparator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual: self
        }
    }
}
