import HTTPMessage
import HTTPServer
import JSON
import LocalAPIGateway
import NIOCore
import ServerlessTemplate
import Testing

@Suite
struct ProxyEventEncoderTests {
    static let table = RouteTable([Route(method: "ANY", path: "/haiku/{item_id}", functionID: "f")])

    static func event(
        _ path: String = "/haiku/1",
        method: String = "GET",
        headers: HTTPHeaderFields = [:],
        body: [UInt8] = []
    ) throws -> [String: JSONValue] {
        let request = Request(
            method: method,
            target: path,
            host: "localhost:8080",
            headers: headers,
            body: ByteBuffer(bytes: body)
        )
        let match = try #require(table.match(method: method, path: request.path))
        let event = ProxyEventEncoder(request: request, match: match)
        return try #require(try JSONValue(parsing: Array(buffer: event.payload())).object)
    }

    @Test
    func `an event has the documented members`() throws {
        let event = try Self.event(
            "/haiku/a%20b?limit=3&tag=x&tag=y%2Cz&plus=a+b&empty",
            headers: ["User-Agent": "curl/8"]
        )
        #expect(event["version"] == "2.0")
        #expect(event["routeKey"] == "ANY /haiku/{item_id}")
        #expect(event["rawPath"] == "/haiku/a b")
        #expect(event["rawQueryString"] == "limit=3&tag=x&tag=y%2Cz&plus=a+b&empty")
        #expect(event["queryStringParameters"] == ["limit": "3", "tag": "x,y,z", "plus": "a b", "empty": ""])
        #expect(event["pathParameters"] == ["item_id": "a b"])
        #expect(event["isBase64Encoded"] == false)
        #expect(event["body"] == nil)
        #expect(event["cookies"] == nil)
        let context = try #require(event["requestContext"]?.object)
        #expect(
            context["http"] == [
                "method": "GET", "path": "/haiku/a b", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": "curl/8",
            ]
        )
        #expect(context["stage"] == "$default")
        #expect(context["routeKey"] == "ANY /haiku/{item_id}")
        #expect(context["domainName"] == "localhost:8080")
        #expect(context["timeEpoch"]?.int ?? 0 > 1_577_836_800_000)
        #expect(context["requestId"]?.string?.count == 16)
    }

    @Test
    func `header names are in lower case, the values of a name are joined, cookies are separate`() throws {
        let headers = HTTPHeaderFields([
            ("Accept", "a"), ("accept", "b, c"), ("Cookie", "x=1; y=2"), ("X-Forwarded-For", "10.0.0.1"),
        ])
        let event = try Self.event(headers: headers)
        let written = try #require(event["headers"]?.object)
        #expect(written["accept"] == "a,b, c")
        #expect(written["host"] == "localhost:8080")
        #expect(written["x-forwarded-for"] == "10.0.0.1, 127.0.0.1")
        #expect(written["x-forwarded-port"] == "8080")
        #expect(written["x-forwarded-proto"] == "http")
        #expect(written["x-amzn-trace-id"]?.string?.hasPrefix("Root=1-") == true)
        #expect(written["cookie"] == nil)
        #expect(event["cookies"] == ["x=1", "y=2"])
    }

    @Test
    func `without a query there are no query parameters`() throws {
        let event = try Self.event()
        #expect(event["queryStringParameters"] == nil)
        #expect(event["rawQueryString"] == "")
    }

    @Test(arguments: [
        ("application/json", "{\"a\":\"古\"}", false),
        ("application/json; charset=utf-8", "{}", false),
        ("Application/JSON", "{}", false),
        ("application/problem+json", "{}", false),
        ("text/plain", "a", false),
        ("application/xml", "a", false),
        ("application/x-www-form-urlencoded", "a=b", true),
        ("application/octet-stream", "a", true),
        (nil, "a", true),
    ])
    func `the content type determines whether a body is text or Base64`(type: String?, body: String, isBase64: Bool)
        throws
    {
        var headers = HTTPHeaderFields()
        headers["Content-Type"] = type
        let event = try Self.event(method: "POST", headers: headers, body: Array(body.utf8))
        #expect(event["isBase64Encoded"]?.bool == isBase64)
        #expect(event["body"]?.string == (isBase64 ? Self.base64[body] : body))
    }

    private static let base64 = ["a=b": "YT1i", "a": "YQ=="]

    @Test
    func `a text body that is not UTF-8 is encoded in Base64`() throws {
        let event = try Self.event(method: "POST", headers: ["Content-Type": "text/plain"], body: [0x61, 0xFF])
        #expect(event["isBase64Encoded"] == true)
        #expect(event["body"] == "Yf8=")
    }
}
