import Encoding

/// The grammar of conditions: `OR`, `AND`, `NOT`, comparisons, functions.
///
/// Source: "Condition and filter expressions, operators, and functions in DynamoDB".
extension Condition {
    /// Parses the expression that stands in `parameter`, taking its placeholders from `placeholders`.
    init(parsing source: String, parameter: String, placeholders: inout Placeholders) throws(ServiceError) {
        var parser = try ExpressionParser(source, parameter: parameter, placeholders: placeholders)
        let node = try parser.parseOr()
        try parser.expectEnd()
        self = try parser.condition(from: node)
        try parser.throwProblems()
        placeholders = parser.placeholders
    }
}

/// A part of a condition expression, before it is known whether a truth value or an operand is wanted in its place.
private struct Node {
    enum Content {
        case operand(Operand)
        case condition(Condition)
    }

    let content: Content
    /// The function that the part is a call of.
    var function: String?
    var isParenthesized = false
}

/// The functions of conditions, and how many operands each takes.
enum ConditionFunctions {
    static let arity = [
        "attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2,
        "size": 1,
    ]
}

extension ExpressionParser {
    private static let keywords: Set = ["AND", "OR", "NOT", "BETWEEN", "IN"]

    fileprivate mutating func parseOr() throws(ServiceError) -> Node {
        var left = try parseAnd()
        while take(keyword: "OR") {
            try countOperator()
            let right = try parseAnd()
            left = Node(content: .condition(.or(try condition(from: left), try condition(from: right))))
        }
        return left
    }

    private mutating func parseAnd() throws(ServiceError) -> Node {
        var left = try parseNot()
        while take(keyword: "AND") {
            try countOperator()
            let right = try parseNot()
            left = Node(content: .condition(.and(try condition(from: left), try condition(from: right))))
        }
        return left
    }

    private mutating func parseNot() throws(ServiceError) -> Node {
        guard take(keyword: "NOT") else { return try parseComparison() }
        try enter()
        try countOperator()
        let negated = try parseNot()
        leave()
        return Node(content: .condition(.not(try condition(from: negated))))
    }

    private mutating func parseComparison() throws(ServiceError) -> Node {
        let first = try parsePrimary()
        if case .symbol(let symbol) = next, let comparator = Condition.Comparator(rawValue: String(symbol)) {
            let left = try operand(from: first)
            advance()
            try countOperator()
            let right = try operand(from: try parsePrimary())
            noteIfSame(left, right, operator: comparator.rawValue)
            if comparator != .equal && comparator != .notEqual {
                for operand in [left, right] {
                    noteType(of: operand, allowed: [.S, .N, .B], "operator: \(comparator.rawValue)")
                }
            }
            return Node(content: .condition(.comparison(left, comparator, right)))
        }
        if take(keyword: "BETWEEN") {
            let value = try operand(from: first)
            try countOperator()
            let low = try operand(from: try parsePrimary())
            guard take(keyword: "AND") else { throw syntaxError() }
            let high = try operand(from: try parsePrimary())
            noteBounds(low, high)
            return Node(content: .condition(.between(value, low, high)))
        }
        if take(keyword: "IN") {
            let value = try operand(from: first)
            try countOperator()
            try expect("(")
            let candidates = try parseList { parser throws(ServiceError) in
                try parser.operand(from: try parser.parsePrimary())
            }
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
            return try parseFunction(String(word))
        case .identifier(let word) where Self.keywords.contains(word.uppercased()): throw syntaxError()
        default: return Node(content: .operand(.path(try parsePath())))
        }
    }

    private mutating func parseFunction(_ name: String) throws(ServiceError) -> Node {
        advance()
        try expect("(")
        try enter()
        try countOperator()
        let arguments = try parseList { parser throws(ServiceError) in
            try parser.operand(from: try parser.parsePrimary())
        }
        leave()
        try expect(")")
        // What stands for a faulty call is of no account: the expression is refused at its end.
        let fault = Node(content: .operand(.value(.null)), function: name)
        guard let count = ConditionFunctions.arity[name] else {
            noteUnknown(function: name)
            return fault
        }
        guard arguments.count == count else {
            note(
                .operandCount,
                "Incorrect number of operands for operator or function; "
                    + "operator or function: \(name), number of operands: \(arguments.count)"
            )
            return fault
        }
        if count == 2 { noteIfSame(arguments[0], arguments[1], operator: name) }
        return Node(content: call(name, arguments), function: name)
    }

    private mutating func call(_ name: String, _ arguments: [Operand]) -> Node.Content {
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

    private mutating func attributeType(named operand: Operand) -> AttributeValue.Kind {
        guard case .value(.string(let name)) = operand else {
            let type = operand.staticType?.rawValue ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            note(
                .operandType,
                "Incorrect operand type for operator or function; "
                    + "operator or function: attribute_type, operand type: \(type)"
            )
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

    private mutating func operand(from node: Node) throws(ServiceError) -> Operand {
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
            .misusedFunction,
            "The function is not allowed to be used this way in an expression; function: \(function)"
        )
    }

    private mutating func noteIfSame(_ first: Operand, _ second: Operand, operator name: String) {
        guard case (.path(let first), .path(let second)) = (first, second), first == second else { return }
        note(
            .sameOperands,
            "The first operand must be distinct from the remaining operands for this operator or function; "
                + "operator: \(name), first operand: \(first)"
        )
    }

    private mutating func noteType(of operand: Operand, allowed: [AttributeValue.Kind], _ subject: String) {
        guard let type = operand.staticType, !allowed.contains(type) else { return }
        note(
            .operandType,
            "Incorrect operand type for operator or function; \(subject), operand type: \(type.rawValue)"
        )
    }

    private mutating func noteBounds(_ low: Operand, _ high: Operand) {
        guard case (.value(let lower), .value(let upper)) = (low, high) else { return }
        let bounds =
            "lower bound operand: AttributeValue: \(lower.debugText), upper bound operand: AttributeValue: \(upper.debugText)"
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

extension Operand {
    /// The type of a value that the expression itself gives.
    fileprivate var staticType: AttributeValue.Kind? {
        switch self {
        case .value(let value): value.kind
        case .size: .N
        case .path: nil
        }
    }
}

extension AttributeValue {
    /// The way the service writes a scalar in messages: `{S:text}`.
    fileprivate var debugText: String {
        switch self {
        case .string(let text): "{S:\(text)}"
        case .number(let number): "{N:\(number.text)}"
        case .binary(let bytes): "{B:\(String(decoding: Base64.encode(bytes), as: UTF8.self))}"
        default: "{\(kind.rawValue):…}"
        }
    }
}
