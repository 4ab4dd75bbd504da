/// What every grammar of the expression language shares: tokens, paths, placeholders, and the order in which the
/// service reports what is wrong.
///
/// A syntax error ends the parsing. Everything else is noted, and the most important note is thrown at the end.
/// Source: "Using expressions in DynamoDB".
struct ExpressionParser {
    /// What can be wrong with an expression that follows the grammar, the most important first.
    enum Problem: Int, Comparable {
        case redundantParentheses, reservedWord, unknownFunction, misusedFunction, repeatedSection, undefinedName
        case overlappingPaths, conflictingPaths, operandCount, sameOperands, operandType

        static func < (left: Problem, right: Problem) -> Bool { left.rawValue < right.rawValue }
    }

    private static let maximumLength = 4096
    private static let maximumOperators = 300
    private static let maximumPathLength = 32

    /// The parameter of the request that holds the expression.
    let parameter: String
    var placeholders: Placeholders
    private let source: String
    private let tokens: [Lexer.Located]
    private var position = 0
    private var problems: [Problem: String] = [:]
    private var nesting = 0
    private var operators = 0

    init(_ source: String, parameter: String, placeholders: Placeholders) throws(ServiceError) {
        self.parameter = parameter
        self.placeholders = placeholders
        self.source = source
        guard !source.utf8.allSatisfy({ $0 == 0x20 }) else {
            throw .validation("Invalid \(parameter): The expression can not be empty;")
        }
        guard source.utf8.count <= Self.maximumLength else {
            throw .validation(
                "Invalid \(parameter): Expression size has exceeded the maximum allowed size; "
                    + "expression size: \(source.utf8.count)"
            )
        }
        tokens = Lexer.tokens(of: source)
    }

    // MARK: Problems

    mutating func note(_ problem: Problem, _ message: String) {
        if problems[problem] == nil { problems[problem] = message }
    }

    func throwProblems() throws(ServiceError) {
        guard let worst = problems.min(by: { $0.key < $1.key }) else { return }
        throw .validation("Invalid \(parameter): \(worst.value)")
    }

    /// The error for a token that the grammar does not allow where it stands.
    func syntaxError() -> ServiceError {
        let token = tokens[position]
        let near =
            tokens[max(position - 1, 0)].range.lowerBound..<tokens[min(position + 1, tokens.count - 1)].range.upperBound
        let text = token.token == .end ? "<EOF>" : source[token.range]
        return .validation("Invalid \(parameter): Syntax error; token: \"\(text)\", near: \"\(source[near])\"")
    }

    /// Counts a level of nesting. No expression that keeps to the number of operators needs more levels than operators,
    /// and none must exhaust the stack.
    mutating func enter() throws(ServiceError) {
        nesting += 1
        guard nesting <= Self.maximumOperators else {
            throw .validation("Invalid \(parameter): The expression has redundant parentheses;")
        }
    }

    mutating func leave() { nesting -= 1 }

    mutating func countOperator() throws(ServiceError) {
        operators += 1
        guard operators <= Self.maximumOperators else {
            throw .validation(
                "Invalid \(parameter): The expression contains too many operators; operator count: \(operators)"
            )
        }
    }

    // MARK: Tokens

    var next: Token { tokens[position].token }
    var following: Token { tokens[min(position + 1, tokens.count - 1)].token }
    var isAtEnd: Bool { next == .end }

    mutating func advance() { position += 1 }

    /// Consumes `symbol` if it is next.
    mutating func take(_ symbol: Substring) -> Bool {
        guard next == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    /// Consumes the keyword `word`, in any case, if it is next.
    mutating func take(keyword word: String) -> Bool {
        guard case .identifier(let text) = next, text.uppercased() == word else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: Substring) throws(ServiceError) {
        guard take(symbol) else { throw syntaxError() }
    }

    mutating func expectEnd() throws(ServiceError) {
        guard isAtEnd else { throw syntaxError() }
    }

    // MARK: Paths and values

    mutating func parsePath() throws(ServiceError) -> DocumentPath {
        let attribute = try parseName()
        var steps: [DocumentPath.Element] = []
        while true {
            if take(".") {
                steps.append(.name(try parseName()))
            } else if take("[") {
                guard case .index(let digits) = next else { throw syntaxError() }
                advance()
                try expect("]")
                guard let index = Int32(digits) else {
                    throw .validation(
                        "Invalid \(parameter): List index is not within the allowable range; index: [\(digits)]"
                    )
                }
                steps.append(.index(Int(index)))
            } else {
                guard steps.count < Self.maximumPathLength else {
                    throw .validation(
                        "Invalid \(parameter): The document path has too many nesting levels; "
                            + "nesting levels: \(steps.count + 1)"
                    )
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
            return UTF8String(String(text))
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

    /// The value of the placeholder that comes next.
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

    /// Notes the first two paths of which one is, or leads to, the other, or that differ in the kind of a step.
    mutating func noteOverlaps(among paths: [DocumentPath]) {
        for (index, second) in paths.enumerated() {
            for first in paths[..<index] {
                let advice = "must remove or rewrite one of these paths; path one: \(first), path two: \(second)"
                let difference = zip(first.elements, second.elements).first { $0 != $1 }
                switch difference {
                case nil: note(.overlappingPaths, "Two document paths overlap with each other; " + advice)
                case (.name, .index)?, (.index, .name)?:
                    note(.conflictingPaths, "Two document paths conflict with each other; " + advice)
                default: break
                }
            }
        }
    }

    /// Notes a call of a function that the grammar does not know, but perhaps another one does.
    mutating func noteUnknown(function: String) {
        let isKnownElsewhere = ConditionFunctions.arity[function] != nil || UpdateFunctions.arity[function] != nil
        let kind = parameter == "UpdateExpression" ? "an update" : "a condition"
        note(
            .unknownFunction,
            isKnownElsewhere
                ? "The function is not allowed in \(kind) expression; function: \(function)"
                : "Invalid function name; function: \(function)"
        )
    }

    /// `element, element, …`
    mutating func parseList<Element>(
        _ element: (inout ExpressionParser) throws(ServiceError) -> Element
    ) throws(ServiceError) -> [Element] {
        var elements = [try element(&self)]
        while take(",") { elements.append(try element(&self)) }
        return elements
    }
}
