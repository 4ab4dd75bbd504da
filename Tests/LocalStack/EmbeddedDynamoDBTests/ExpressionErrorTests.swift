import Testing

/// Invalid expressions are rejected with the service's own messages.
@Suite struct ExpressionErrorTests {
    private static let overlap = "must remove or rewrite one of these paths; path one:"

    @Test(
        "An invalid update expression is rejected with the service's message",
        arguments: [
            ("", "The expression can not be empty;"),
            ("INVALID SYNTAX HERE", #"Syntax error; token: "INVALID", near: "INVALID SYNTAX""#),
            ("ADD hits : incr", #"Syntax error; token: ":", near: "hits : incr""#),
            ("SET a", #"Syntax error; token: "<EOF>", near: "a""#),
            ("SET _a = :v", #"Syntax error; token: "_", near: "SET _a""#),
            ("SET a = :v SET b = :v", #"The "SET" section can only be used once in an update expression;"#),
            (
                "SET a = :nope",
                "An expression attribute value used in expression is not defined; attribute value: :nope"
            ),
            (
                "SET #nope = :v",
                "An expression attribute name used in the document path is not defined; attribute name: #nope"
            ),
            ("SET size = :v", "Attribute name is a reserved keyword; reserved keyword: size"),
            ("SET a = :v, a = :v", "Two document paths overlap with each other; \(overlap) [a], path two: [a]"),
            ("SET a.b = :v REMOVE a", "Two document paths overlap with each other; \(overlap) [a, b], path two: [a]"),
            (
                "SET a[1] = :v, a.b = :v",
                "Two document paths conflict with each other; \(overlap) [a, [1]], path two: [a, b]"
            ),
            ("SET a = f(:v)", "Invalid function name; function: f"),
            ("SET a = size(b)", "The function is not allowed in an update expression; function: size"),
            (
                "SET a = if_not_exists(b)",
                "Incorrect number of operands for operator or function; operator or function: if_not_exists, "
                    + "number of operands: 1"
            ),
            (
                "SET a = if_not_exists(:v, :v)",
                "Operator or function requires a document path; operator or function: if_not_exists"
            ),
            (
                "SET a = list_append(b, :v)",
                "Incorrect operand type for operator or function; operator or function: list_append, operand type: S"
            ),
            (
                "SET a = b + :v",
                "Incorrect operand type for operator or function; operator or function: +, operand type: S"
            ),
            ("ADD a :v", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING"),
            ("DELETE a :v", "Incorrect operand type for operator or function; operator: DELETE, operand type: STRING"),
            ("SET a[99999999999] = :v", "List index is not within the allowable range; index: [99999999999]"),
        ]
    )
    func update(expression: String, message: String) async throws {
        let failure = try await TestDatabase().failure(
            "UpdateItem",
            """
            {"TableName":"plain","Key":{"p":{"S":"a"}},"UpdateExpression":"\(expression)",
             "ExpressionAttributeValues":{":v":{"S":"x"}}}
            """
        )
        #expect(failure == "ValidationException: Invalid UpdateExpression: \(message)")
    }

    @Test(
        "An invalid condition expression is rejected with the service's message",
        arguments: [
            ("a =", #"Syntax error; token: "<EOF>", near: "=""#),
            ("a = :v :v", #"Syntax error; token: ":v", near: ":v :v""#),
            ("!!! INVALID !!!", #"Syntax error; token: "!", near: "!!""#),
            ("((a = :v))", "The expression has redundant parentheses;"),
            (
                "a = a",
                "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"
            ),
            ("size(a)", "The function is not allowed to be used this way in an expression; function: size"),
            (
                "attribute_exists(a) = :v",
                "The function is not allowed to be used this way in an expression; function: attribute_exists"
            ),
            ("dog(a)", "Invalid function name; function: dog"),
            (
                "if_not_exists(a, :v) = :v",
                "The function is not allowed in a condition expression; function: if_not_exists"
            ),
            (
                "size(a, b) = :v",
                "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2"
            ),
            (
                "attribute_exists(:v)",
                "Operator or function requires a document path; operator or function: attribute_exists"
            ),
            (
                "begins_with(a, :n)",
                "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"
            ),
            ("a < :t", "Incorrect operand type for operator or function; operator: <, operand type: BOOL"),
            (
                "attribute_type(a, :v)",
                "Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
            ),
            (
                "a BETWEEN :v AND :n",
                "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
                    + "AttributeValue: {S:x}, upper bound operand: AttributeValue: {N:1}"
            ),
            (
                "a BETWEEN :n AND :z",
                "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: "
                    + "AttributeValue: {N:1}, upper bound operand: AttributeValue: {N:0}"
            ),
        ]
    )
    func condition(expression: String, message: String) async throws {
        let used = [":v": #"{"S":"x"}"#, ":n": #"{"N":"1"}"#, ":z": #"{"N":"0"}"#, ":t": #"{"BOOL":true}"#]
            .filter { expression.contains($0.key) }
        let values =
            used.isEmpty
            ? "" : #","ExpressionAttributeValues":{\#(used.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"#
        let failure = try await TestDatabase().failure(
            "PutItem",
            #"{"TableName":"plain","Item":{"p":{"S":"a"}},"ConditionExpression":"\#(expression)"\#(values)}"#
        )
        #expect(failure == "ValidationException: Invalid ConditionExpression: \(message)")
    }

    @Test("An expression with more than 300 operators is rejected")
    func tooManyOperators() async throws {
        let expression = Array(repeating: "a<b", count: 152).joined(separator: " or ")
        let failure = try await TestDatabase().failure(
            "PutItem",
            #"{"TableName":"plain","Item":{"p":{"S":"a"}},"ConditionExpression":"\#(expression)"}"#
        )
        #expect(
            failure
                == "ValidationException: Invalid ConditionExpression: The expression contains too many operators; operator count: 301"
        )
    }

    @Test("Parentheses do not count as operators: 149 levels are accepted")
    func deepParentheses() async throws {
        let expression =
            "attribute_not_exists(p) " + String(repeating: "or (a<b ", count: 149) + String(repeating: ")", count: 149)
        try await TestDatabase().call(
            "PutItem",
            #"{"TableName":"plain","Item":{"p":{"S":"a"}},"ConditionExpression":"\#(expression)"}"#
        )
    }
}
