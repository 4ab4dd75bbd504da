/// The part of the parser that all expression grammars share: tokens, paths, placeholders and error precedence.
///
/// A syntax error and most exceeded limits are thrown at once. Other problems are noted, and the one that takes
/// precedence is thrown at the end.
/// Source: "Using expressions in DynamoDB".
struct ExpressionParser {
    /// Problems of an expression that follows the grammar, in the service's order of precedence.
    enum Problem: Int, Comparable {
        case redundantParentheses, reservedWord, unknownFunction, misusedFunction, repeatedSection, undefinedName
        case overlappingPaths, conflictingPaths, operandCount, sameOperands, operandType

        static func < (left: Problem, right: Problem) -> Bool { left.rawValue < right.rawValue }
    }

    private static let maximumLength = 4096
    private static let maximumOperators = 300
    private static let maximumPathLength = 32

    /// The name of the request parameter that holds the expression.
    let parameter: String
    var placeholders: Placeholders
    private let source: [UInt8]
    private let tokens: [Lexer.LocatedToken]
    private var position = 0
    private var problems: [Problem: String] = [:]
    private var nesting = 0
    private var operators = 0

    init(_ source: String, parameter: String, placeholders: Placeholders) throws(ServiceError) {
        self.parameter = parameter
        self.placeholders = placeholders
        self.source = Array(source.utf8)
        guard !self.source.allSatisfy({ $0 == 0x20 }) else {
            throw Self.invalid(parameter, "The expression can not be empty;")
        }
        guard self.source.count <= Self.maximumLength else {
            let size = "expression size: \(self.source.count)"
            throw Self.invalid(parameter, "Expression size has exceeded the maximum allowed size; \(size)")
        }
        tokens = Lexer.tokens(of: self.source)
    }

    // MARK: Problems

    mutating func note(_ problem: Problem, _ message: @autoclosure () -> String) {
        if problems[problem] == nil { problems[problem] = message() }
    }

    mutating func noteType(_ type: String, of subject: String) {
        note(.operandType, "Incorrect operand type for operator or function; \(subject), operand type: \(type)")
    }

    func throwProblems() throws(ServiceError) {
        guard let first = problems.min(by: { $0.key < $1.key }) else { return }
        throw Self.invalid(parameter, first.value)
    }

    private static func invalid(_ parameter: String, _ message: String) -> ServiceError {
        .validation("Invalid \(parameter): \(message)")
    }

    /// The error for an unexpected next token.
    func syntaxError() -> ServiceError {
        let token = tokens[position]
        let near =
            tokens[max(position - 1, 0)].range.lowerBound..<tokens[min(position + 1, tokens.count - 1)].range.upperBound
        func text(_ range: Range<Int>) -> String { String(decoding: source[range], as: UTF8.self) }
        let unexpected = token.token == .end ? "<EOF>" : text(token.range)
        return Self.invalid(parameter, "Syntax error; token: \"\(unexpected)\", near: \"\(text(near))\"")
    }

    /// Enters a level of nesting. The limit keeps the recursion from exhausting the stack. An expression never needs
    /// more levels than operators.
    mutating func enter() throws(ServiceError) {
        nesting += 1
        guard nesting <= Self.maximumOperators else {
            throw Self.invalid(parameter, "The expression has redundant parentheses;")
        }
    }

    mutating func leave() { nesting -= 1 }

    mutating func countOperator() throws(ServiceError) {
        operators += 1
        guard operators <= Self.maximumOperators else {
            throw Self.invalid(parameter, "The expression contains too many operators; operator count: \(operators)")
        }
    }

    // MARK: Tokens

    var next: Token { tokens[position].token }
    var following: Token { tokens[min(position + 1, tokens.count - 1)].token }
    var isAtEnd: Bool { next == .end }

    mutating func advance() { position += 1 }

    /// Consumes `symbol` if it is next.
    mutating func consume(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    /// Consumes the keyword `word` if it is next, ignoring case.
    mutating func consume(keyword word: String) -> Bool {
        guard case .identifier(let text) = next, text.uppercased() == word else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(ServiceError) {
        guard consume(symbol) else { throw syntaxError() }
    }

    mutating func expectEnd() throws(ServiceError) { guard isAtEnd else { throw syntaxError() } }

    // MARK: Paths and values

    mutating func parsePath() throws(ServiceError) -> DocumentPath {
        let attribute = try parseName()
        var steps: [DocumentPath.Element] = []
        while true {
            if consume(".") {
                steps.append(.name(try parseName()))
            } else if consume("[") {
                guard case .index(let digits) = next else { throw syntaxError() }
                advance()
                try expect("]")
                guard let index = Int32(digits) else {
                    throw Self.invalid(parameter, "List index is not within the allowable range; index: [\(digits)]")
                }
                steps.append(.index(Int(index)))
            } else {
                guard steps.count < Self.maximumPathLength else {
                    let levels = "nesting levels: \(steps.count + 1)"
                    throw Self.invalid(parameter, "The document path has too many nesting levels; \(levels)")
                }
                return DocumentPath(attribute: attribute, steps: steps)
            }
        }
    }

    private mutating func parseName() throws(ServiceError) -> UTF8String {
        switch next {
        case .identifier(let text):
            advance()
            if ReservedWords.contain(text) {
                note(.reservedWord, "Attribute name is a reserved keyword; reserved keyword: \(text)")
            }
            return UTF8String(text)
        case .name(let placeholder):
            advance()
            guard let name = placeholders.name(placeholder) else {
                note(
                    .undefinedName,
                    "An expression attribute name used in the document path is not defined; "
                        + "attribute name: \(placeholder)"
                )
                return UTF8String("")
            }
            return UTF8String(name)
        default:
            throw syntaxError()
        }
    }

    /// Parses a value placeholder and returns its value.
    mutating func parseValue() throws(ServiceError) -> AttributeValue {
        guard case .value(let placeholder) = next else { throw syntaxError() }
        advance()
        guard let value = placeholders.value(placeholder) else {
            note(
                .undefinedName,
                "An expression attribute value used in expression is not defined; attribute value: \(placeholder)"
            )
            return .null
        }
        return value
    }

    /// Notes paths that overlap (one is a prefix of the other) or conflict (a name in one, an index in the other).
    mutating func noteOverlaps(among paths: [DocumentPath]) {
        guard Set(paths.map(\.attribute)).count < paths.count else { return }
        var earlier: [UTF8String: [DocumentPath]] = [:]
        for second in paths {
            for first in earlier[second.attribute] ?? [] {
                let problem: (Problem, String)
                switch zip(first.steps, second.steps).first(where: { $0 != $1 }) {
                case nil: problem = (.overlappingPaths, "overlap")
                case (.name, .index)?, (.index, .name)?: problem = (.conflictingPaths, "conflict")
                default: continue
                }
                note(
                    problem.0,
                    "Two document paths \(problem.1) with each other; must remove or rewrite one of these paths; "
                        + "path one: \(first), path two: \(second)"
                )
            }
            earlier[second.attribute, default: []].append(second)
        }
    }

    /// Notes a call of a function that this kind of expression does not have.
    private mutating func noteUnknown(function: String) {
        let isKnownElsewhere = Condition.functionArity[function] != nil || Update.functionArity[function] != nil
        let kind = parameter == "UpdateExpression" ? "an update" : "a condition"
        note(
            .unknownFunction,
            isKnownElsewhere
                ? "The function is not allowed in \(kind) expression; function: \(function)"
                : "Invalid function name; function: \(function)"
        )
    }

    /// Parses `name(operand, …)`. Returns nil after noting an unknown function or a wrong number of operands.
    mutating func parseCall<Operand>(
        of name: String,
        arity: [String: Int],
        _ operand: (inout ExpressionParser) throws(ServiceError) -> Operand
    ) throws(ServiceError) -> [Operand]? {
        advance()
        try expect("(")
        try enter()
        try countOperator()
        let operands = try parseList(operand)
        leave()
        try expect(")")
        guard let count = arity[name] else {
            noteUnknown(function: name)
            return nil
        }
        guard operands.count == count else {
            note(
                .operandCount,
                "Incorrect number of operands for operator or function; "
                    + "operator or function: \(name), number of operands: \(operands.count)"
            )
            return nil
        }
        return operands
    }

    /// Parses `element, element, …`.
    mutating func parseList<Element>(
        _ element: (inout ExpressionParser) throws(ServiceError) -> Element
    ) throws(ServiceError) -> [Element] {
        var elements = [try element(&self)]
        while consume(",") { elements.append(try element(&self)) }
        return elements
    }
}
