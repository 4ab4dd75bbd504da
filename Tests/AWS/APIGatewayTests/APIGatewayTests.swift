import APIGateway
import JSON
import Testing

@Suite
struct ProxyRequestTests {
    static func request(_ event: String) throws(ProxyEventError) -> ProxyRequest {
        try Array(event.utf8).withUnsafeBufferPointer { utf8 throws(ProxyEventError) in
            try ProxyRequest(parsing: UnsafeRawBufferPointer(utf8))
        }
    }

    static let version2 = """
        {"version": "2.0", "routeKey": "GET /haiku/{item_id}", "rawPath": "/haiku/a%20b",
         "rawQueryString": "limit=30&tag=a&tag=b%2Cc&empty&plus=a+b",
         "cookies": ["a=b"], "headers": {"Content-Type": "application/json", "x-two": "1,2"},
         "queryStringParameters": {"limit": "30", "tag": "a,b,c"},
         "requestContext": {"accountId": "1", "stage": "$default", "requestId": "JKJaXmPLvHcESHA=",
           "http": {"method": "GET", "path": "/haiku/a%20b", "protocol": "HTTP/1.1"}},
         "pathParameters": {"item_id": "a b"}, "isBase64Encoded": false, "body": "{\\"first\\": \\"\\u53e4\\"}"}
        """

    @Test
    func `an event of format 2.0 is parsed`() throws {
        let request = try Self.request(Self.version2)
        #expect(request.format == .version2)
        #expect(request.method == "GET")
        #expect(request.path == ["haiku", "a b"])
        #expect(request.pathParameters == ["item_id": "a b"])
        #expect(request.query == ["limit": ["30"], "tag": ["a", "b,c"], "empty": [""], "plus": ["a b"]])
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["CONTENT-TYPE"] == "application/json")
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"first": "古"}"#)
    }

    @Test
    func `an event of format 1.0 with nulls and multi-value members is parsed`() throws {
        let request = try Self.request(
            """
            {"resource": "/haiku", "path": "/haiku", "httpMethod": "POST",
             "headers": {"Accept": "b"}, "multiValueHeaders": {"accept": ["a", "b"]},
             "queryStringParameters": {"limit": "2"}, "multiValueQueryStringParameters": {"limit": ["1", "2"]},
             "pathParameters": null, "stageVariables": null,
             "requestContext": {"stage": "haiku", "requestId": "r"}, "body": null, "isBase64Encoded": false}
            """)
        #expect(request.format == .version1)
        #expect(request.method == "POST")
        #expect(request.path == ["haiku"], "format 1.0 has no stage in its path")
        #expect(request.query == ["limit": ["1", "2"]])
        #expect(request.headers["Accept"] == "a")
        #expect(request.pathParameters.isEmpty)
        #expect(request.body.isEmpty)
    }

    @Test(arguments: [
        (#""version":"1.0","headers":null,"multiValueHeaders":null,"queryStringParameters":null,"multiValueQueryStringParameters":null"#),
        (#""requestContext":null,"path":null"#),
    ])
    func `null is accepted in place of an object or the path`(members: String) throws {
        let request = try Self.request("{\"httpMethod\":\"get\",\(members)}")
        #expect(request == ProxyRequest(format: .version1, method: "GET", path: []))
    }

    @Test
    func `the stage is removed from a path of format 2.0`() throws {
        func path(_ rawPath: String, stage: String) throws -> [String] {
            try Self.request(
                """
                {"version":"2.0","rawPath":"\(rawPath)","requestContext":{"stage":"\(stage)","http":{"method":"GET"}}}
                """
            ).path
        }
        #expect(try path("/prod/haiku", stage: "prod") == ["haiku"])
        #expect(try path("/haiku", stage: "$default") == ["haiku"])
        // The path of a custom domain does not begin with the stage.
        #expect(try path("/haiku", stage: "prod") == ["haiku"])
        #expect(try path("/haiku/haiku", stage: "$default") == ["haiku", "haiku"])
    }

    @Test
    func `a slash and an ampersand are separators even before a combining character`() throws {
        let request = try Self.request(
            #"{"version":"2.0","rawPath":"/haiku/\u0301","rawQueryString":"a=1&\u0301=2","requestContext":{"http":{"method":"GET"}}}"#
        )
        #expect(request.path == ["haiku", "\u{301}"])
        #expect(request.query == ["a": ["1"], "\u{301}": ["2"]])
    }

    @Test(arguments: [
        ("", [UInt8]()), ("Zg==", Array("f".utf8)), ("Zm8=", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
        ("Zm9vYg==", Array("foob".utf8)), ("/+8=", [0xFF, 0xEF]),
    ])
    func `a Base64 body is decoded`(text: String, bytes: [UInt8]) throws {
        let request = try Self.request(#"{"httpMethod":"POST","body":"\#(text)","isBase64Encoded":true}"#)
        #expect(request.body == bytes)
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "Zm9v!A==", "Zh==", "Zg==Zg==", "Zm9v\\n"])
    func `a body that is not Base64 although isBase64Encoded is true is an error`(text: String) {
        #expect(throws: ProxyEventError.bodyIsNotBase64) {
            try Self.request(#"{"httpMethod":"POST","body":"\#(text)","isBase64Encoded":true}"#)
        }
    }

    @Test
    func `malformed percent-encoding is kept as it is`() throws {
        let request = try Self.request(
            #"{"version":"2.0","rawPath":"/%zz/%4","rawQueryString":"a=%E5%8F%A4&b=%","requestContext":{"http":{"method":"GET"}}}"#
        )
        #expect(request.path == ["%zz", "%4"])
        #expect(request.query == ["a": ["古"], "b": ["%"]])
    }

    @Test(arguments: [
        "", "[]", "{", #"{"httpMethod":1}"#, #"{"httpMethod":"GET","headers":[]}"#, #"{"httpMethod":"GET"} x"#,
    ])
    func `an event that is not a proxy event is an error with the position of the problem`(event: String) {
        #expect { try Self.request(event) } throws: { error in
            guard case .malformed(let problem)? = error as? ProxyEventError else { return false }
            return problem.contains("at byte")
        }
    }

    @Test
    func `an event without a method is an error`() {
        #expect(throws: ProxyEventError.noMethod) { try Self.request(#"{"version":"2.0"}"#) }
    }
}

@Suite
struct ProxyResponseTests {
    let response = ProxyResponse(
        status: 200,
        headers: [("Content-Type", "application/json"), ("Vary", "a"), ("Vary", "b")],
        body: Array(#"[{"first":"古池や"}]"#.utf8))

    @Test
    func `format 2.0 joins repeated fields with commas`() throws {
        #expect(
            try JSONValue(parsing: response.json(for: .version2)) == [
                "statusCode": 200, "headers": ["Content-Type": "application/json", "Vary": "a, b"],
                "body": #"[{"first":"古池や"}]"#,
            ])
    }

    @Test
    func `format 1.0 lists the values of repeated fields`() throws {
        #expect(
            try JSONValue(parsing: response.json(for: .version1)) == [
                "statusCode": 200, "headers": ["Content-Type": "application/json"],
                "multiValueHeaders": ["Vary": ["a", "b"]], "body": #"[{"first":"古池や"}]"#,
            ])
    }

    @Test
    func `a response without a body has no member body`() throws {
        let json = try JSONValue(parsing: ProxyResponse(status: 204).json(for: .version2))
        #expect(json == ["statusCode": 204, "headers": [:]])
    }
}
