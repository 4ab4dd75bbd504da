/// The grammar of updates: `SET`, `REMOVE`, `ADD` and `DELETE`, each at most once, in any order.
///
/// Source: "Using update expressions in DynamoDB".
extension Update {
    /// The functions of update expressions and their numbers of operands.
    static let functionArity = ["if_not_exists": 2, "list_append": 2]

    init(parsing source: String, placeholders: inout Placeholders) throws(ServiceError) {
        var parser = try ExpressionParser(source, parameter: "UpdateExpression", placeholders: placeholders)
        let actions = try parser.parseSections()
        parser.noteOverlaps(among: actions.map(\.path))
        try parser.throwProblems()
        placeholders = parser.placeholders
        self.init(actions: actions)
    }
}

extension ExpressionParser {
    fileprivate mutating func parseSections() throws(ServiceError) -> [Update.PathAction] {
        var actions: [Update.PathAction] = []
        var seen: Set<String> = []
        repeat {
            guard let section = ["SET", "REMOVE", "ADD", "DELETE"].first(where: { consume(keyword: $0) }) else {
                throw syntaxError()
            }
            if !seen.insert(section).inserted {
                note(.repeatedSection, "The \"\(section)\" section can only be used once in an update expression;")
            }
            actions += try parseList { parser throws(ServiceError) in try parser.parseAction(in: section) }
        } while !isAtEnd
        return actions
    }

    private mutating func parseAction(in section: String) throws(ServiceError) -> Update.PathAction {
        try countOperator()
        let path = try parsePath()
        switch section {
        case "SET":
            try expect("=")
            return (path, .set(try parseAssigned()))
        case "REMOVE": return (path, .remove)
        default:
            let operand = try parseValue()
            let isAllowed =
                switch operand.kind {
                case .SS, .NS, .BS: true
                case .N: section == "ADD"
                default: false
                }
            if !isAllowed { noteType(operand.kind.longName, of: "operator: \(section)") }
            return (path, section == "ADD" ? .add(operand) : .delete(operand))
        }
    }

    /// An operand, or the sum or difference of two.
    private mutating func parseAssigned() throws(ServiceError) -> Update.Operand {
        let left = try parseOperand()
        for (symbol, make) in [("+", Update.Operand.sum), ("-", Update.Operand.difference)]
        where consume(symbol) {
            try countOperator()
            let right = try parseOperand()
            for operand in [left, right] { noteType(of: operand, .N, "operator or function: \(symbol)") }
            return make(left, right)
        }
        return left
    }

    private mutating func parseOperand() throws(ServiceError) -> Update.Operand {
        switch next {
        case .symbol("("):
            try enter()
            advance()
            let operand = try parseAssigned()
            try expect(")")
            leave()
            return operand
        case .value: return .value(try parseValue())
        case .identifier(let name) where following == .symbol("("): return try parseFunction(name)
        default: return .path(try parsePath())
        }
    }

    private mutating func parseFunction(_ name: String) throws(ServiceError) -> Update.Operand {
        let arguments = try parseCall(of: name, arity: Update.functionArity) { parser throws(ServiceError) in
            try parser.parseOperand()
        }
        guard let arguments else { return .value(.null) }
        if name == "list_append" {
            for argument in arguments { noteType(of: argument, .L, "operator or function: list_append") }
            return .listAppend(arguments[0], arguments[1])
        }
        guard case .path(let path) = arguments[0] else {
            note(.operandType, "Operator or function requires a document path; operator or function: \(name)")
            return .value(.null)
        }
        return .ifNotExists(path, arguments[1])
    }

    private mutating func noteType(of operand: Update.Operand, _ type: AttributeValue.Kind, _ subject: String) {
        guard case .value(let value) = operand, value.kind != type else { return }
        noteType(value.kind.rawValue, of: subject)
    }
}

extension AttributeValue.Kind {
    /// The name of the type in the service's messages about `ADD` and `DELETE`.
    fileprivate var longName: String {
        switch self {
        case .S: "STRING"
        case .N: "NUMBER"
        case .B: "BINARY"
        case .BOOL: "BOOLEAN"
        case .NULL: "NULL"
        case .L: "LIST"
        case .M: "MAP"
        case .SS, .NS, .BS: rawValue
        }
    }
}
