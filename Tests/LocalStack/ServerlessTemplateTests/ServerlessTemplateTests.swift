import Foundation
import ServerlessTemplate
import Testing

@Suite
struct ServerlessTemplateTests {
    /// A template with one function whose environment variable `V` is `expression`.
    static func template(_ expression: String, sections: String = "") -> String {
        """
        Parameters:
          Name: {Type: String, Default: frog}
          Count: {Type: Number, Default: 3, MinValue: 1, MaxValue: 5}
          Color: {Type: String, Default: red, AllowedValues: [red, blue]}
          Code: {Type: String, Default: ab, AllowedPattern: '[a-c]+', ConstraintDescription: must be of a to c}
        Conditions:
          IsFrog: !Equals [!Ref Name, frog]
          IsNotFrog: !Not [!Condition IsFrog]
          IsThree: !And [!Equals [!Ref Count, 3], !Or [!Condition IsFrog, !Condition IsNotFrog]]
        Mappings:
          Ponds: {old: {sound: splash}}
        Resources:
          Pond:
            Type: AWS::DynamoDB::Table
            Properties:
              TableName: !Sub '${Name}-pond'
              AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
              KeySchema: [{AttributeName: id, KeyType: HASH}]
          Sound:
            Type: AWS::SSM::Parameter
            Properties: {Value: !Sub '${Name}-splash'}
          Jump:
            Type: AWS::Serverless::Function
            Properties:
              Handler: jump
              Environment: {Variables: {V: \(expression)}}
        \(sections)
        """
    }

    static func value(of expression: String, parameters: [String: String] = [:]) throws -> String? {
        let template = try ServerlessTemplate(yaml: template(expression), file: "t.yaml", parameters: parameters)
        return template.functions.first?.environment["V"]
    }

    @Test(arguments: [
        ("!Ref Name", "frog"),
        ("{Ref: Name}", "frog"),
        ("!Ref Pond", "frog-pond"),
        ("!Ref Jump", "Jump"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!GetAtt Pond.Arn", "arn:aws:dynamodb:us-east-1:000000000000:table/frog-pond"),
        ("!GetAtt Sound.Value", "frog-splash"),
        ("{'Fn::GetAtt': [Jump, Arn]}", "arn:aws:lambda:us-east-1:000000000000:function:Jump"),
        (
            "!Sub '${Name}:${Pond.Arn}:${!Name}:${AWS::AccountId}'",
            "frog:arn:aws:dynamodb:us-east-1:000000000000:table/frog-pond:${Name}:000000000000"
        ),
        ("!Sub ['${A}-${Name}', {A: !Ref Count}]", "3-frog"),
        ("!Join ['-', [a, !Ref Name, c]]", "a-frog-c"),
        ("!Select [1, !Split [',', 'a,b,c']]", "b"),
        ("!FindInMap [Ponds, old, sound]", "splash"),
        ("!If [IsFrog, yes, no]", "yes"),
        ("!If [IsNotFrog, yes, no]", "no"),
        ("!If [IsThree, yes, no]", "yes"),
        ("{'Fn::If': [IsFrog, {'Fn::Sub': '${Name}!'}, x]}", "frog!"),
        ("017", "017"),
        ("true", "true"),
        ("1.50", "1.50"),
    ])
    func `an intrinsic function is resolved, and a scalar is kept as it is written`(expression: String, value: String)
        throws
    {
        #expect(try Self.value(of: expression) == value)
    }

    @Test(arguments: ["!Ref AWS::NoValue", "!If [IsNotFrog, x, !Ref AWS::NoValue]"])
    func `a variable that is AWS::NoValue is absent`(expression: String) throws {
        #expect(try Self.value(of: expression) == nil)
    }

    @Test
    func `a parameter value replaces the local default, which replaces the template's`() throws {
        #expect(try Self.value(of: "!Ref Name", parameters: ["Name": "toad"]) == "toad")
        #expect(try Self.value(of: "!If [IsFrog, yes, no]", parameters: ["Name": "toad"]) == "no")
        let yaml = Self.template("!Ref Count")
        let local = try ServerlessTemplate(yaml: yaml, file: "t.yaml", localDefaults: ["Count": "1", "Other": "2"])
        #expect(local.functions.first?.environment["V"] == "1")
        let explicit = try ServerlessTemplate(
            yaml: yaml,
            file: "t.yaml",
            parameters: ["Count": "2"],
            localDefaults: ["Count": "1"]
        )
        #expect(explicit.functions.first?.environment["V"] == "2")
    }

    @Test(arguments: ["1", "5"])
    func `a number may be equal to a bound`(count: String) throws {
        #expect(try Self.value(of: "!Ref Count", parameters: ["Count": count]) == count)
    }

    @Test(arguments: [
        (["Count": "0"], "at least 1"),
        (["Count": "6"], "at most 5"),
        (["Count": "many"], "a number"),
        (["Color": "green"], "one of red, blue"),
        (["Code": "abd"], "must be of a to c"),
        (["Nobody": "x"], "unknown parameter Nobody"),
    ])
    func `an invalid value and an unknown parameter are rejected`(parameters: [String: String], message: String) throws
    {
        let error = try #require(throws: TemplateError.self) {
            try Self.value(of: "x", parameters: parameters)
        }
        #expect("\(error)".contains(message))
    }

    @Test(arguments: [
        ("!Ref Nowhere", "unknown parameter or resource Nowhere"),
        ("!GetAtt Nowhere.Arn", "unknown resource in Nowhere.Arn"),
        ("!GetAtt Pond.Depth", "attribute Pond.Depth is not supported"),
        ("!Sub '${Nowhere}'", "unknown parameter or resource Nowhere"),
        ("!Sub '${Name'", "${ without }"),
        ("!If [Nowhere, a, b]", "unknown condition Nowhere"),
        ("!Select [9, [a]]", "Select"),
        ("!ImportValue x", "ImportValue is not supported"),
        ("!FindInMap [Ponds, new, sound]", "unknown mapping Ponds.new.sound"),
        ("[a]", "V must be a string"),
    ])
    func `an expression that cannot be resolved is an error with its line`(expression: String, message: String) throws {
        let error = try #require(throws: TemplateError.self) { try Self.value(of: expression) }
        #expect(error.file == "t.yaml")
        #expect(error.line == 26)
        #expect(error.message.contains(message))
    }

    private static let circularName =
        "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, FunctionName: !Ref F}}}"

    @Test(arguments: [
        ("Resources: [", "invalid YAML"),
        ("", "not a template"),
        (circularName, "circular reference to F"),
        (
            "Conditions: {A: !Condition B, B: !Condition A}\nResources: {F: {Type: 'AWS::Serverless::Function', "
                + "Properties: {Handler: !If [A, a, b]}}}",
            "circular reference to condition A"
        ),
        ("- a list", "not a template"),
        ("Resources: {}", "the template has no AWS::Serverless::Function"),
        ("Resources: {F: {Properties: {}}}", "resource F has no Type"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function'}}", "function F has no Properties"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {}}}", "function F has no Handler"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, Timeout: 0}}}", "Timeout"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, MemorySize: x}}}", "MemorySize"),
        ("A: 1\nA: 2", "duplicate keys"),
    ])
    func `an invalid template is rejected`(yaml: String, message: String) throws {
        let error = try #require(throws: TemplateError.self) { try ServerlessTemplate(yaml: yaml, file: "t.yaml") }
        #expect("\(error)".hasPrefix("t.yaml"))
        #expect(error.message.contains(message))
    }

    @Test
    func `the error for a missing file names the file`() throws {
        let error = try #require(throws: TemplateError.self) { try ServerlessTemplate(contentsOf: "/no/such.yaml") }
        #expect("\(error)" == "/no/such.yaml: no such file")
    }

    @Test
    func `a function's own properties override Globals, and variables are merged`() throws {
        let template = try ServerlessTemplate(
            yaml: """
                Globals:
                  Function:
                    Timeout: 7
                    MemorySize: 512
                    LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: WARN}
                    Environment: {Variables: {A: global, B: global}}
                Resources:
                  F:
                    Type: AWS::Serverless::Function
                    Properties:
                      FunctionName: named
                      Handler: f
                      Timeout: 9
                      LoggingConfig: {ApplicationLogLevel: DEBUG}
                      Environment: {Variables: {B: own, C: own}}
                """,
            file: "t.yaml"
        )
        let function = try #require(template.functions.first)
        #expect(function.name == "named")
        #expect((function.timeout, function.memorySize) == (9, 512))
        #expect(
            function.environment == [
                "A": "global", "B": "own", "C": "own", "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
            ]
        )
    }

    @Test
    func `a resource whose condition is false is skipped`() throws {
        let yaml = Self.template("x").replacingOccurrences(
            of: "    Type: AWS::DynamoDB::Table",
            with: "    Type: AWS::DynamoDB::Table\n    Condition: IsFrog"
        )
        #expect(try ServerlessTemplate(yaml: yaml, file: "t.yaml").tables.count == 1)
        #expect(try ServerlessTemplate(yaml: yaml, file: "t.yaml", parameters: ["Name": "toad"]).tables.isEmpty)
    }

    @Test
    func `every property of CorsConfiguration is read`() throws {
        let yaml = Self.template(
            "x",
            sections: """
                  Api:
                    Type: AWS::Serverless::HttpApi
                    Properties:
                      CorsConfiguration:
                        AllowOrigins: ['https://a.example', 'https://b.example']
                        AllowMethods: [GET]
                        AllowHeaders: content-type
                        ExposeHeaders: [link]
                        MaxAge: 60
                        AllowCredentials: true
                """
        )
        #expect(
            try ServerlessTemplate(yaml: yaml, file: "t.yaml").cors
                == CORSConfiguration(
                    allowOrigins: ["https://a.example", "https://b.example"],
                    allowMethods: ["GET"],
                    allowHeaders: ["content-type"],
                    exposeHeaders: ["link"],
                    maxAge: 60,
                    allowCredentials: true
                )
        )
    }

    @Test
    func `ignored events are reported, and policies without statements are listed by name`() throws {
        let template = try ServerlessTemplate(
            yaml: """
                Resources:
                  F:
                    Type: AWS::Serverless::Function
                    Properties:
                      Handler: f
                      Policies:
                        - AWSXRayDaemonWriteAccess
                        - DynamoDBReadPolicy: {TableName: x}
                        - Statement: {Effect: Deny, Action: 'dynamodb:*', Resource: '*'}
                      Events:
                        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
                        All: {Type: HttpApi}
                """,
            file: "t.yaml"
        )
        #expect(template.notes == ["t.yaml:11: event F.Nightly is ignored: a local run supports only HttpApi events"])
        #expect(template.routes == [Route(method: "ANY", path: "$default", functionID: "F")])
        let function = try #require(template.functions.first)
        #expect(function.otherPolicies == ["AWSXRayDaemonWriteAccess", "DynamoDBReadPolicy"])
        #expect(function.statements.map(\.effect) == [.deny])
        #expect(function.statements.map(\.actions) == [["dynamodb:*"]])
    }

    @Test
    func `two functions cannot have the same route`() throws {
        let event = "{A: {Type: HttpApi, Properties: {Method: get, Path: /a}}}"
        let yaml = """
            Resources:
              F: {Type: 'AWS::Serverless::Function', Properties: {Handler: f, Events: \(event)}}
              G: {Type: 'AWS::Serverless::Function', Properties: {Handler: g, Events: \(event)}}
            """
        let error = try #require(throws: TemplateError.self) { try ServerlessTemplate(yaml: yaml, file: "t.yaml") }
        #expect(error.message == "route GET /a of G is already defined by F")
    }
}
