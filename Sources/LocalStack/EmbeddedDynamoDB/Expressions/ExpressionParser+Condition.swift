import Encoding

/// The grammar of conditions: `OR`, `AND`, `NOT`, comparisons, functions.
///
/// Source: "Condition and filter expressions, operators, and functions in DynamoDB".
extension Condition {
    /// The functions of condition expressions and their numbers of operands.
    static let functionArity = [
        "attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2,
        "size": 1,
    ]

    /// Parses the expression in the request parameter `parameter` and marks the placeholders that it uses.
    init(parsing source: String, parameter: String, placeholders: inout Placeholders) throws(ServiceError) {
        var parser = try ExpressionParser(source, parameter: parameter, placeholders: placeholders)
        let node = try parser.parseOr()
        try parser.expectEnd()
        self = try parser.condition(from: node)
        try parser.throwProblems()
        placeholders = parser.placeholders
    }
}

/// A parsed part of a condition expression, which the grammar may still require to be a condition or an operand.
private struct Node {
    enum Content {
        case operand(Condition.Operand)
        case condition(Condition)
    }

    let content: Content
    /// The name of the function, if the part is a call.
    var function: String?
    var isParenthesized = false
}

extension ExpressionParser {
    private static let keywords: Set = ["AND", "OR", "NOT", "BETWEEN", "IN"]

    fileprivate mutating func parseOr() throws(ServiceError) -> Node {
        var left = try parseAnd()
        while consume(keyword: "OR") {
            try countOperator()
            let right = try parseAnd()
            left = Node(content: .condition(.or(try condition(from: left), try condition(from: right))))
        }
        return left
    }

    private mutating func parseAnd() throws(ServiceError) -> Node {
        var left = try parseNot()
        while consume(keyword: "AND") {
            try countOperator()
            let right = try parseNot()
            left = Node(content: .condition(.and(try condition(from: left), try condition(from: right))))
        }
        return left
    }

    private mutating func parseNot() throws(ServiceError) -> Node {
        guard consume(keyword: "NOT") else { return try parseComparison() }
        try enter()
        try countOperator()
        let negated = try parseNot()
        leave()
        return Node(content: .condition(.not(try condition(from: negated))))
    }

    private mutating func parseComparison() throws(ServiceError) -> Node {
        let first = try parsePrimary()
        if case .symbol(let symbol) = next, let comparator = Condition.Comparator(rawValue: symbol) {
            let left = try operand(from: first)
            advance()
            try countOperator()
            let right = try parseOperand()
            noteIfSame(left, right, operator: comparator.rawValue)
            if comparator != .equal && comparator != .notEqual {
                for operand in [left, right] {
                    noteType(of: operand, allowed: [.S, .N, .B], "operator: \(comparator.rawValue)")
                }
            }
            return Node(content: .condition(.comparison(left, comparator, right)))
        }
        if consume(keyword: "BETWEEN") {
            let value = try operand(from: first)
            try countOperator()
            let low = try parseOperand()
            guard consume(keyword: "AND") else { throw syntaxError() }
            let high = try parseOperand()
            noteBounds(low, high)
            return Node(content: .condition(.between(value, low, high)))
        }
        if consume(keyword: "IN") {
            let value = try operand(from: first)
            try countOperator()
            try expect("(")
            let candidates = try parseList { parser throws(ServiceError) in try parser.parseOperand() }
            try expect(")")
            if candidates.count > 100 {
                note(
                    .operandCount,
                    "The IN operator is provided with too many operands; number of operands: \(candidates.count)"
                )
            }
            return Node(content: .condition(.isIn(value, candidates)))
        }
        return first
    }

    private mutating func parseOperand() throws(ServiceError) -> Condition.Operand {
        try operand(from: try parsePrimary())
    }

    private mutating func parsePrimary() throws(ServiceError) -> Node {
        switch next {
        case .symbol("("):
            try enter()
            advance()
            var node = try parseOr()
            try expect(")")
            leave()
            if node.isParenthesized { note(.redundantParentheses, "The expression has redundant parentheses;") }
            node.isParenthesized = true
            return node
        case .value: return Node(content: .operand(.value(try parseValue())))
        case .identifier(let word) where following == .symbol("("):
            guard !Self.keywords.contains(word.uppercased()) else { throw syntaxError() }
            return try parseFunction(word)
        case .identifier(let word) where Self.keywords.contains(word.uppercased()): throw syntaxError()
        default: return Node(content: .operand(.path(try parsePath())))
        }
    }

    private mutating func parseFunction(_ name: String) throws(ServiceError) -> Node {
        let arguments = try parseCall(of: name, arity: Condition.functionArity) { parser throws(ServiceError) in
            try parser.parseOperand()
        }
        // The value of a faulty call does not matter: the noted problem is thrown at the end of the expression.
        guard let arguments else { return Node(content: .operand(.value(.null)), function: name) }
        if arguments.count == 2 { noteIfSame(arguments[0], arguments[1], operator: name) }
        return Node(content: call(name, arguments), function: name)
    }

    private mutating func call(_ name: String, _ arguments: [Condition.Operand]) -> Node.Content {
        let subject = "operator or function: \(name)"
        switch name {
        case "size":
            noteType(of: arguments[0], allowed: [.S, .B, .SS, .NS, .BS, .L, .M], subject)
            return .operand(.size(arguments[0]))
        case "begins_with":
            for argument in arguments { noteType(of: argument, allowed: [.S, .B], subject) }
            return .condition(.beginsWith(arguments[0], arguments[1]))
        case "contains":
            return .condition(.contains(arguments[0], arguments[1]))
        case "attribute_type":
            return .condition(.attributeType(arguments[0], attributeType(named: arguments[1])))
        default:
            guard case .path(let path) = arguments[0] else {
                note(.operandType, "Operator or function requires a document path; \(subject)")
                return .condition(.attributeExists(.init(attribute: "", steps: [])))
            }
            return .condition(name == "attribute_exists" ? .attributeExists(path) : .attributeNotExists(path))
        }
    }

    private mutating func attributeType(named operand: Condition.Operand) -> AttributeValue.Kind {
        guard case .value(.string(let name)) = operand else {
            let type = operand.staticType?.rawValue ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            noteType(type, of: "operator or function: attribute_type")
            return .NULL
        }
        guard let kind = AttributeValue.Kind(rawValue: name.string) else {
            note(
                .operandType,
                "Invalid attribute type name found; type: \(name), valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
            )
            return .NULL
        }
        return kind
    }

    // MARK: Checks

    fileprivate mutating func condition(from node: Node) throws(ServiceError) -> Condition {
        switch node.content {
        case .condition(let condition): return condition
        case .operand(let operand):
            guard let function = node.function else { throw syntaxError() }
            if function == "size" { noteMisuse(of: function) }
            return .attributeType(operand, .N)
        }
    }

    private mutating func operand(from node: Node) throws(ServiceError) -> Condition.Operand {
        switch node.content {
        case .operand(let operand): return operand
        case .condition:
            guard let function = node.function else { throw syntaxError() }
            noteMisuse(of: function)
            return .value(.null)
        }
    }

    private mutating func noteMisuse(of function: String) {
        note(
            .misusedFunction, "The function is not allowed to be used this way in an expression; function: \(function)")
    }

    private mutating func noteIfSame(_ first: Condition.Operand, _ second: Condition.Operand, operator name: String) {
        guard case (.path(let first), .path(let second)) = (first, second), first == second else { return }
        note(
            .sameOperands,
            "The first operand must be distinct from the remaining operands for this operator or function; "
                + "operator: \(name), first operand: \(first)"
        )
    }

    private mutating func noteType(of operand: Condition.Operand, allowed: [AttributeValue.Kind], _ subject: String) {
        guard let type = operand.staticType, !allowed.contains(type) else { return }
        noteType(type.rawValue, of: subject)
    }

    private mutating func noteBounds(_ low: Condition.Operand, _ high: Condition.Operand) {
        guard case (.value(let lower), .value(let upper)) = (low, high) else { return }
        let bounds =
            "lower bound operand: AttributeValue: \(lower.messageText), upper bound operand: AttributeValue: \(upper.messageText)"
        if lower.kind != upper.kind {
            note(.operandType, "The BETWEEN operator requires same data type for lower and upper bounds; " + bounds)
        } else if AttributeValue.isLess(upper, lower) == true {
            note(
                .operandType,
                "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " + bounds
            )
        } else {
            noteType(of: low, allowed: [.S, .N, .B], "operator: BETWEEN")
        }
    }
}

extension Condition.Operand {
    /// The type of the operand where the request determines it.
    fileprivate var staticType: AttributeValue.Kind? {
        switch self {
        case .value(let value): value.kind
        case .size: .N
        case .path: nil
        }
    }
}

extension AttributeValue {
    /// A scalar as the service's messages write it: `{S:text}`.
    fileprivate var messageText: String {
        switch self {
        case .string(let text): "{S:\(text)}"
        case .number(let number): "{N:\(number.text)}"
        case .binary(let bytes): "{B:\(String(decoding: Base64.encode(bytes), as: UTF8.self))}"
        default: "{\(kind.rawValue):…}"
        }
    }
}
