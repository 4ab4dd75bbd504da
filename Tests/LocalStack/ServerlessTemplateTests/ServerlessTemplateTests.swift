import Foundation
import ServerlessTemplate
import Testing

/// The template that is deployed, read as `bashoutter-local` reads it.
@Suite
struct OwnTemplateTests {
    let template: ServerlessTemplate

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        template = try ServerlessTemplate(
            contentsOf: root.appending(path: "infra/template.yaml").path(percentEncoded: false),
            localDefaults: ["FeedShards": "1"]
        )
    }

    @Test
    func `the four functions are read with their settings`() {
        #expect(template.functions.map(\.name) == ["GetHaiku", "PostHaiku", "PatchHaiku", "DeleteHaiku"])
        for function in template.functions {
            #expect(function.handler == function.logicalID)
            #expect(function.environment["TABLE_NAME"] == "HaikuTable")
            #expect(function.environment["FEED_SHARDS"] == "1")
            #expect(function.environment["ALLOWED_ORIGIN"] == "*")
            #expect(function.timeout < 30)
        }
    }

    @Test
    func `every route leads to the function that the contract names`() {
        var writers = Dictionary(uniqueKeysWithValues: template.routes.map { ($0.key, $0.functionID) })
        #expect(writers.removeValue(forKey: "POST /haiku") == "PostHaiku")
        #expect(writers.removeValue(forKey: "PATCH /haiku/{item_id}") == "PatchHaiku")
        #expect(writers.removeValue(forKey: "DELETE /haiku/{item_id}") == "DeleteHaiku")
        for key in ["GET /haiku", "ANY /haiku", "GET /haiku/{item_id}", "ANY /haiku/{item_id}"] {
            #expect(writers[key] == "GetHaiku")
        }
        #expect(Set(writers.values) == ["GetHaiku"])
    }

    @Test
    func `the table is read with its index`() throws {
        let table = try #require(template.tables.first)
        #expect(template.tables.count == 1)
        #expect(table.name == "HaikuTable")
        #expect(table.key.map(\.name) == ["item_id"])
        #expect(table.indexes.map(\.name) == ["feed-posted_at"])
        #expect(table.indexes.first?.key.map(\.type) == ["HASH", "RANGE"])
    }

    @Test
    func `only GetHaiku may read and it may not write`() throws {
        let actions = Dictionary(
            uniqueKeysWithValues: template.functions.map { ($0.name, Set($0.statements.flatMap(\.actions))) }
        )
        #expect(actions["GetHaiku"] == ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"])
        #expect(actions["PostHaiku"]?.contains("dynamodb:PutItem") == true)
        #expect(actions["PostHaiku"]?.contains("dynamodb:Query") == false)
        let resources = template.functions.flatMap(\.statements).flatMap(\.resources)
        #expect(resources.allSatisfy { $0.hasPrefix("arn:aws:dynamodb:us-east-1:000000000000:table/HaikuTable") })
    }
}

/// Templates made for one rule each.
@Suite
struct ServerlessTemplateTests {
    /// A template of one function, whose variable `V` has `expression` as its value.
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
    func `an intrinsic function has its value`(expression: String, value: String) throws {
        #expect(try Self.value(of: expression) == value)
    }

    @Test(arguments: ["!Ref AWS::NoValue", "!If [IsNotFrog, x, !Ref AWS::NoValue]"])
    func `a variable without a value does not exist`(expression: String) throws {
        #expect(try Self.value(of: expression) == nil)
    }

    @Test
    func `a value that is given replaces the default and the local default`() throws {
        #expect(try Self.value(of: "!Ref Name", parameters: ["Name": "toad"]) == "toad")
        #expect(try Self.value(of: "!If [IsFrog, yes, no]", parameters: ["Name": "toad"]) == "no")
        let yaml = Self.template("!Ref Count")
        let local = try ServerlessTemplate(yaml: yaml, file: "t.yaml", localDefaults: ["Count": "1", "Other": "2"])
        #expect(local.functions.first?.environment["V"] == "1")
        let given = try ServerlessTemplate(
            yaml: yaml,
            file: "t.yaml",
            parameters: ["Count": "2"],
            localDefaults: ["Count": "1"]
        )
        #expect(given.functions.first?.environment["V"] == "2")
    }

    @Test(arguments: [
        (["Count": "0"], "at least 1"),
        (["Count": "6"], "at most 5"),
        (["Count": "many"], "a number"),
        (["Color": "green"], "one of red, blue"),
        (["Code": "abd"], "must be of a to c"),
        (["Nobody": "x"], "there is no parameter Nobody"),
    ])
    func `a value that the parameter does not allow is refused`(parameters: [String: String], words: String) throws {
        let error = try #require(throws: TemplateError.self) {
            try Self.value(of: "x", parameters: parameters)
        }
        #expect("\(error)".contains(words))
    }

    @Test(arguments: [
        ("!Ref Nowhere", "there is no parameter or resource Nowhere"),
        ("!GetAtt Nowhere.Arn", "there is no resource for Nowhere.Arn"),
        ("!GetAtt Pond.Depth", "the attribute Pond.Depth is not known"),
        ("!Sub '${Nowhere}'", "there is no parameter or resource Nowhere"),
        ("!Sub '${Name'", "lacks a }"),
        ("!If [Nowhere, a, b]", "there is no condition Nowhere"),
        ("!Select [9, [a]]", "Select"),
        ("!ImportValue x", "ImportValue is not known"),
        ("!FindInMap [Ponds, new, sound]", "there is no mapping Ponds.new.sound"),
        ("[a]", "V must be a string"),
    ])
    func `what cannot be resolved is named with its line`(expression: String, words: String) throws {
        let error = try #require(throws: TemplateError.self) { try Self.value(of: expression) }
        #expect(error.file == "t.yaml")
        #expect(error.line == 26)
        #expect(error.message.contains(words))
    }

    @Test(arguments: [
        ("Resources: [", "is not YAML"),
        ("", "is not a template"),
        ("- a list", "is not a template"),
        ("Resources: {}", "there is no AWS::Serverless::Function"),
        ("Resources: {F: {Properties: {}}}", "the resource F has no Type"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function'}}", "the function F has no Properties"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {}}}", "the function F has no Handler"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, Timeout: 0}}}", "Timeout"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, MemorySize: x}}}", "MemorySize"),
        ("A: 1\nA: 2", "the same key occurs twice"),
    ])
    func `a template that is none is refused`(yaml: String, words: String) throws {
        let error = try #require(throws: TemplateError.self) { try ServerlessTemplate(yaml: yaml, file: "t.yaml") }
        #expect("\(error)".hasPrefix("t.yaml"))
        #expect(error.message.contains(words))
    }

    @Test
    func `a file that is not there is named`() throws {
        let error = try #require(throws: TemplateError.self) { try ServerlessTemplate(contentsOf: "/no/such.yaml") }
        #expect("\(error)" == "/no/such.yaml: cannot be read: there is no such file")
    }

    @Test
    func `a function's own properties count before those of Globals and variables are merged`() throws {
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
    func `a resource whose condition does not hold is left out`() throws {
        let yaml = Self.template("x").replacingOccurrences(
            of: "    Type: AWS::DynamoDB::Table",
            with: "    Type: AWS::DynamoDB::Table\n    Condition: IsFrog"
        )
        #expect(try ServerlessTemplate(yaml: yaml, file: "t.yaml").tables.count == 1)
        #expect(try ServerlessTemplate(yaml: yaml, file: "t.yaml", parameters: ["Name": "toad"]).tables.isEmpty)
    }

    @Test
    func `CORS settings are read in full`() throws {
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
    func `events that are not played are noted and a policy without statements is kept by its name`() throws {
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
        #expect(template.notes == ["t.yaml:11: F.Nightly is no HttpApi event and is not played locally"])
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
        #expect(error.message == "GET /a leads to F already")
    }
}
