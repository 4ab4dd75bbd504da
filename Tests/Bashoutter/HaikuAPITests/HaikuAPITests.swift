import APIGateway
import Haiku
import HaikuAPI
import HaikuRepository
import JSON
import LambdaRuntime
import Testing

let frog = #"{"username":"芭蕉","first":"古池や","second":"蛙飛び込む","third":"水の音"}"#
let unknownID = "0123456789abcdef0123456789abcdef"

@Suite
struct PostTests {
    @Test(arguments: [ProxyRequest.PayloadFormat.version1, .version2])
    func `POST returns 201 and a Location, and the haiku is listed with seven keys`(
        format: ProxyRequest.PayloadFormat
    ) async throws {
        let gateway = Gateway(format)
        let response = try await gateway.post(frog)
        #expect(response.status == 201)
        #expect(response.body == #"{"description":"Successfully added a new haiku"}"#)
        let location = try #require(response.headers["Location"])
        let list = try await gateway.send("GET", "/haiku")
        #expect(list.status == 200)
        let haiku = try #require(list.json?[0]?.object)
        #expect(
            haiku == [
                "item_id": .string(String(location.dropFirst(6))), "username": "芭蕉", "first": "古池や",
                "second": "蛙飛び込む", "third": "水の音", "likes": 0, "created_at": "2020-07-06T01:46:05+00:00",
            ])
        let one = try await gateway.send("GET", "/" + location)
        #expect(one.json?.object == haiku)
    }

    @Test(arguments: [
        (#"{"first":"a","second":"b","third":"c"}"#, "username is missing"),
        (#"{"username":"","first":"a","second":"b","third":"c"}"#, "username is empty"),
        (#"{"username":"u","first":" \u3000 ","second":"b","third":"c"}"#, "first is empty"),
        (#"{"username":"u","first":"a","second":7,"third":"c"}"#, "second is not a string"),
        (#"{"username":"u","first":"a","second":null,"third":"c"}"#, "second is not a string"),
        (#"{"username":"u","first":"a","second":"b","third":"c\nd"}"#, "third contains a control character"),
        (
            #"{"username":"\#(String(repeating: "字", count: 51))","first":"a","second":"b","third":"c"}"#,
            "username is longer than 50 characters"
        ),
        (
            #"{"username":"u","first":"\#(String(repeating: "字", count: 101))","second":"b","third":"c"}"#,
            "first is longer than 100 characters"
        ),
        ("[]", "The body is not a JSON object"), (#""text""#, "The body is not a JSON object"),
        ("", "The body is not valid JSON: unexpected end of the text at byte 0"),
        ("{", "The body is not valid JSON: unexpected end of the text at byte 1"),
        ("[1", "The body is not valid JSON: unexpected end of the text at byte 2"),
        (#"{"username":"\ud800"}"#, "The body is not valid JSON: lone surrogate in a string at byte 13"),
        ("username=u&first=a", "The body is not valid JSON: unexpected byte 0x75 at byte 0"),
    ])
    func `an invalid body is rejected with the reason, and nothing is stored`(body: String, problem: String)
        async throws
    {
        let gateway = Gateway()
        let response = try await gateway.post(body)
        #expect(response.status == 400)
        #expect(response.description == "Bad request. \(problem)")
        #expect(gateway.haiku.all.isEmpty)
    }

    @Test
    func `a body of 8 KiB is accepted, and one of a byte more is rejected with 413`() async throws {
        let gateway = Gateway()
        let padded = frog + String(repeating: " ", count: 8192 - frog.utf8.count)
        #expect(try await gateway.post(padded).status == 201)
        #expect(try await gateway.post(padded + " ").status == 413)
    }

    @Test
    func `unknown keys are ignored`() async throws {
        let body = #"{"username":"u","first":"a","second":"b","third":"c","likes":99,"item_id":"x","n":{"m":[1]}}"#
        let gateway = Gateway()
        #expect(try await gateway.post(body).status == 201)
        #expect(gateway.haiku.all.first?.likes == 0)
    }

    @Test
    func `the last value of a repeated key counts`() async throws {
        let gateway = Gateway()
        let twice = #"{"username":"u","first":1,"second":"b","third":"c","first":"a"}"#
        #expect(try await gateway.post(twice).status == 201)
        #expect(gateway.haiku.all.first?.poem.first == "a")
        let response = try await gateway.post(#"{"username":"u","first":"a","second":"b","third":"c","first":1}"#)
        #expect(response.description == "Bad request. first is not a string")
    }

    @Test(arguments: ["👨‍👩‍👧‍👦", "e\u{301}", "𠮷野家", "\u{202E}rtl", "ꙮ", "\"\\/", "<script>", " 前後 "])
    func `text is returned exactly as it was sent`(text: String) async throws {
        let body = JSONValue.object([
            "username": .string(text), "first": .string(text), "second": .string(text), "third": .string(text),
        ])
        let gateway = Gateway()
        #expect(try await gateway.post(String(decoding: body.bytes, as: UTF8.self)).status == 201)
        let haiku = try await gateway.send("GET", "/haiku").json?[0]
        for key in ["username", "first", "second", "third"] {
            let returned = try #require(haiku?[key]?.string)
            #expect(Array(returned.utf8) == Array(text.utf8))
        }
    }

    @Test
    func `a Base64 body is decoded`() async throws {
        let gateway = Gateway()
        let encoded = "eyJ1c2VybmFtZSI6InUiLCJmaXJzdCI6ImEiLCJzZWNvbmQiOiJiIiwidGhpcmQiOiJjIn0="
        #expect(try await gateway.send("POST", "/haiku", base64: encoded).status == 201)
        #expect(gateway.haiku.all.first?.poem.third == "c")
    }

    @Test
    func `the same post with the same key is stored once and has the same response`() async throws {
        let gateway = Gateway()
        let first = try await gateway.post(frog, key: "k-1")
        let second = try await gateway.post(frog, key: "k-1")
        #expect(first.status == 201)
        #expect(second.status == 201)
        #expect(second.body == first.body)
        #expect(second.headers["Location"] == first.headers["Location"])
        #expect(gateway.haiku.all.count == 1)
    }

    @Test
    func `another key or another poem is another post`() async throws {
        let gateway = Gateway()
        _ = try await gateway.post(frog, key: "k-1")
        _ = try await gateway.post(frog, key: "k-2")
        _ = try await gateway.post(frog.replacing("古池や", with: "新池や"), key: "k-1")
        // The same characters in other fields.
        _ = try await gateway.post(frog.replacing("古池や", with: "古池").replacing("蛙飛", with: "や蛙飛"), key: "k-1")
        #expect(gateway.haiku.all.count == 4)
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "鍵", "a b", "a\u{7f}"])
    func `a malformed idempotency key is rejected`(key: String) async throws {
        let response = try await Gateway().post(frog, key: key)
        #expect(response.status == 400)
        #expect(response.description == "Bad request. Idempotency-Key must be 1 to 255 visible ASCII characters")
    }

    @Test
    func `a random id that already exists is replaced by another`() async throws {
        let taken = try #require(HaikuID(unknownID))
        let gateway = Gateway(ids: [taken, taken])
        _ = try await gateway.post(frog)
        let response = try await gateway.post(frog)
        #expect(response.status == 201)
        #expect(response.headers["Location"] != "haiku/\(taken)")
        #expect(gateway.haiku.all.count == 2)
    }
}

@Suite
struct GetTests {
    @Test
    func `the empty list is an empty array`() async throws {
        let response = try await Gateway().send("GET", "/haiku")
        #expect(response.status == 200)
        #expect(response.body == "[]")
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.headers["Link"] == nil)
    }

    @Test(arguments: [ProxyRequest.PayloadFormat.version1, .version2])
    func `following the links visits every haiku once, newest first`(format: ProxyRequest.PayloadFormat) async throws {
        let gateway = Gateway(format)
        for _ in 0..<5 { _ = try await gateway.post(frog) }
        var query = "limit=2"
        var dates: [String] = []
        var links: [String] = []
        while true {
            let response = try await gateway.send("GET", "/haiku", query: query)
            dates += response.json?.array?.compactMap { $0["created_at"]?.string } ?? []
            guard let link = response.headers["Link"] else { break }
            links.append(link)
            query = try #require(
                link.firstMatch(of: /^<\?(limit=2&cursor=[0-9A-Za-z_-]+)>; rel="next"$/).map { String($0.1) })
        }
        #expect(dates == dates.sorted(by: >))
        #expect(Set(dates).count == 5)
        #expect(links.count == 2)
    }

    @Test
    func `the next link has no limit if the request had none`() async throws {
        let gateway = Gateway()
        for _ in 0..<4 { _ = try await gateway.post(frog) }
        let link = try await gateway.send("GET", "/haiku").headers["Link"]
        #expect(try #require(link).wholeMatch(of: /<\?cursor=[0-9A-Za-z_-]+>; rel="next"/) != nil)
    }

    @Test(arguments: ["0", "1001", "-1", "", "ten", "1.5", "+5", "99999999999999999999", "%E4%B8%80"])
    func `a malformed limit is rejected`(limit: String) async throws {
        let response = try await Gateway().send("GET", "/haiku", query: "limit=\(limit)")
        #expect(response.status == 400)
        #expect(response.description == "Bad request. limit must be a whole number from 1 to 1000")
    }

    @Test(arguments: ["", "x", "01", "%F0%9F%98%80"])
    func `a malformed cursor is rejected`(cursor: String) async throws {
        let response = try await Gateway().send("GET", "/haiku", query: "cursor=\(cursor)")
        #expect(response.status == 400)
        #expect(response.description == "Bad request. cursor must come from a Link header of this API")
    }

    @Test
    func `a repeated parameter is rejected`() async throws {
        let response = try await Gateway().send("GET", "/haiku", query: "limit=1&limit=2")
        #expect(response.description == "Bad request. limit occurs more than once")
    }

    @Test
    func `HEAD of the list is a 200 without a body`() async throws {
        let response = try await Gateway().send("HEAD", "/haiku")
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }
}

@Suite
struct ItemTests {
    @Test
    func `each like counts`() async throws {
        let gateway = Gateway()
        let path = "/" + (try await gateway.post(frog).headers["Location"] ?? "")
        #expect(try await gateway.send("PATCH", path).body == #"{"description":"OK","likes":1}"#)
        #expect(try await gateway.send("PATCH", path).body == #"{"description":"OK","likes":2}"#)
        #expect(try await gateway.send("GET", path).json?["likes"] == 2)
    }

    @Test
    func `a like that is repeated with the same key counts once`() async throws {
        let gateway = Gateway()
        let path = "/" + (try await gateway.post(frog).headers["Location"] ?? "")
        func like(_ key: String) async throws -> String {
            try await gateway.send("PATCH", path, headers: ["idempotency-key": key]).body
        }
        #expect(try await like("k-1") == #"{"description":"OK","likes":1}"#)
        #expect(try await like("k-1") == #"{"description":"OK","likes":1}"#)
        #expect(try await like("k-2") == #"{"description":"OK","likes":2}"#)
    }

    @Test
    func `an idempotency key and a request id with the same text are different likes`() async throws {
        let gateway = Gateway()
        let path = "/" + (try await gateway.post(frog).headers["Location"] ?? "")
        // The second request: its id, request-2, identifies the like.
        _ = try await gateway.send("PATCH", path)
        let response = try await gateway.send("PATCH", path, headers: ["idempotency-key": "request-2"])
        #expect(response.json?["likes"] == 2)
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "鍵", "a b"])
    func `a like with a malformed idempotency key is rejected`(key: String) async throws {
        let response = try await Gateway().send("PATCH", "/haiku/\(unknownID)", headers: ["idempotency-key": key])
        #expect(response.status == 400)
        #expect(response.description == "Bad request. Idempotency-Key must be 1 to 255 visible ASCII characters")
    }

    @Test
    func `a like that the stored item does not permit is a 409`() async throws {
        let gateway = Gateway()
        gateway.haiku.fail(with: .conflict("ValidationException"))
        let response = try await gateway.send("PATCH", "/haiku/\(unknownID)")
        #expect(response.status == 409)
        #expect(response.body == #"{"description":"The stored number of likes cannot be increased."}"#)
    }

    @Test
    func `a deleted haiku is gone, and deleting it again returns 204`() async throws {
        let gateway = Gateway()
        let path = "/" + (try await gateway.post(frog).headers["Location"] ?? "")
        for _ in 0..<2 {
            let response = try await gateway.send("DELETE", path)
            #expect(response.status == 204)
            #expect(response.body.isEmpty)
        }
        #expect(try await gateway.send("GET", path).status == 404)
        #expect(try await gateway.send("GET", "/haiku").body == "[]")
    }

    @Test(arguments: ["GET", "PATCH"])
    func `an unknown id is a 404`(method: String) async throws {
        let response = try await Gateway().send(method, "/haiku/\(unknownID)")
        #expect(response.status == 404)
        #expect(response.description == "No haiku has this id.")
    }

    @Test(arguments: ["GET", "PATCH", "DELETE"], ["x", unknownID.uppercased(), unknownID + "0", "..", "%00"])
    func `a malformed id is a 404`(method: String, id: String) async throws {
        #expect(try await Gateway().send(method, "/haiku/\(id)").status == 404)
    }
}

@Suite
struct EveryResponseTests {
    @Test(arguments: [
        ("PUT", "/haiku", "DELETE"), ("DELETE", "/haiku", "GET"), ("PATCH", "/haiku", "GET"), ("GET", "/haiku", "POST"),
        ("PUT", "/haiku/\(unknownID)", "GET"), ("POST", "/haiku/\(unknownID)", "GET"),
        ("GET", "/haiku/\(unknownID)", "PATCH"), ("GET", "/haiku/\(unknownID)", "DELETE"),
    ])
    func `an unsupported method is a 405 with Allow, or a 404 if the function does not serve the path`(
        method: String, path: String, function: String
    ) async throws {
        let response = try await Gateway().send(method, path, to: function)
        let isServed = function == "GET" || (path == "/haiku") == (function == "POST")
        #expect(response.status == (isServed ? 405 : 404))
        let methods = path == "/haiku" ? "GET, HEAD, OPTIONS, POST" : "DELETE, GET, HEAD, OPTIONS, PATCH"
        #expect(response.headers["Allow"] == (isServed ? methods : nil))
    }

    @Test(
        arguments: ["GET", "PATCH", "DELETE"], ["/elsewhere", "/elsewhere/\(unknownID)", "/haiku/\(unknownID)/more"])
    func `a path outside this API is a 404 that says that the path does not exist`(method: String, path: String)
        async throws
    {
        let response = try await Gateway().send(method, path)
        #expect(response.status == 404)
        #expect(response.description == "This path does not exist.")
    }

    @Test
    func `a preflight request gets the allowed methods and headers`() async throws {
        let response = try await Gateway().send("OPTIONS", "/haiku/\(unknownID)", to: "GET")
        #expect(response.status == 204)
        #expect(response.headers["Access-Control-Allow-Methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH")
        #expect(response.headers["Access-Control-Allow-Headers"]?.contains("Idempotency-Key") == true)
    }

    @Test(arguments: [
        ("GET", "/haiku", 200), ("GET", "/haiku/x", 404), ("POST", "/haiku", 400),
        ("PATCH", "/haiku/\(unknownID)", 404),
        ("DELETE", "/haiku/\(unknownID)", 204), ("OPTIONS", "/haiku", 204), ("GET", "/elsewhere", 404),
    ])
    func `every response can be read by pages of other origins`(method: String, path: String, status: Int) async throws
    {
        let response = try await Gateway().send(method, path)
        #expect(response.status == status)
        #expect(response.headers["Access-Control-Allow-Origin"] == "*")
        #expect(response.headers["Access-Control-Expose-Headers"] == "ETag, Link, Location")
    }

    @Test(arguments: [("GET", "/haiku"), ("POST", "/haiku"), ("GET", "/elsewhere")])
    func `a cold start is marked with the duration of the init phase`(method: String, path: String) async throws {
        let cold = try await Gateway().send(method, path, initDuration: .microseconds(12_345))
        #expect(cold.headers["Server-Timing"] == "init;dur=12.3")
        #expect(try await Gateway().send(method, path).headers["Server-Timing"] == nil)
    }

    @Test(arguments: requests)
    func `the repository gets the handler's deadline`(method: String, path: String) async throws {
        let gateway = Gateway()
        _ = try await gateway.send(method, path, body: method == "POST" ? Array(frog.utf8) : nil)
        #expect(gateway.haiku.deadlines == [gateway.handlerDeadline])
    }

    static let requests = [
        ("GET", "/haiku"), ("GET", "/haiku/\(unknownID)"), ("POST", "/haiku"), ("PATCH", "/haiku/\(unknownID)"),
        ("DELETE", "/haiku/\(unknownID)"),
    ]

    @Test(arguments: requests, [HaikuRepositoryError.throttled, .unavailable("10.0.0.1 refused")])
    func `a throttling or unavailable database is a 503 with Retry-After`(
        request: (String, String), failure: HaikuRepositoryError
    ) async throws {
        let gateway = Gateway()
        gateway.haiku.fail(with: failure)
        let response = try await gateway.send(request.0, request.1, body: Array(frog.utf8))
        #expect(response.status == 503)
        #expect(response.headers["Retry-After"] == "1")
        #expect(!response.body.contains("10.0.0.1"))
    }

    @Test(arguments: requests)
    func `the 503 of a throttling database says that it is busy`(request: (String, String)) async throws {
        let gateway = Gateway()
        gateway.haiku.fail(with: .throttled)
        let response = try await gateway.send(request.0, request.1, body: Array(frog.utf8))
        #expect(response.status == 503)
        #expect(response.headers["Retry-After"] == "1")
        #expect(response.description == "The database is busy. Please try again in a moment.")
    }

    @Test(arguments: requests)
    func `any other failure is a 500 that exposes no internals`(request: (String, String)) async throws {
        let gateway = Gateway()
        gateway.haiku.fail(with: .failed("AccessDenied for role/x"))
        let response = try await gateway.send(request.0, request.1, body: Array(frog.utf8))
        #expect(response.status == 500)
        #expect(response.body == #"{"description":"Internal server error."}"#)
    }
}

@Suite
struct FunctionSettingsTests {
    @Test
    func `only TABLE_NAME is required`() throws {
        let settings = try FunctionSettings(LambdaEnvironment(["TABLE_NAME": "haiku"]))
        #expect(
            settings == FunctionSettings(tableName: "haiku", feedShards: .one, allowedOrigin: "*", listCacheSeconds: 1))
    }

    @Test(
        arguments: [
            ([:], "TABLE_NAME"), (["TABLE_NAME": ""], "TABLE_NAME"),
            (["TABLE_NAME": "t", "FEED_SHARDS": "0"], "FEED_SHARDS"),
            (["TABLE_NAME": "t", "FEED_SHARDS": "many"], "FEED_SHARDS"),
            (["TABLE_NAME": "t", "ALLOWED_ORIGIN": "a\nb"], "ALLOWED_ORIGIN"),
            (["TABLE_NAME": "t", "LIST_CACHE_SECONDS": "-1"], "LIST_CACHE_SECONDS"),
            (["TABLE_NAME": "t", "LIST_CACHE_SECONDS": "soon"], "LIST_CACHE_SECONDS"),
        ] as [([String: String], String)])
    func `a missing or malformed setting is an error with its name and value`(values: [String: String], name: String) {
        #expect { try FunctionSettings(LambdaEnvironment(values)) } throws: {
            ($0 as? EnvironmentVariableError)?.name == name && "\($0)".contains(name)
                && "\($0)".contains(values[name] ?? "")
        }
    }
}
