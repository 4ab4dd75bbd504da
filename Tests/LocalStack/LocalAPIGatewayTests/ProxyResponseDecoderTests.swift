import HTTPMessage
import HTTPServer
import LocalAPIGateway
import NIOCore
import Testing

@Suite
struct ProxyResponseDecoderTests {
    static func response(_ payload: String) -> HTTPResponse? {
        ProxyResponseDecoder.response(from: ByteBuffer(string: payload))
    }

    @Test
    func `a response in payload format 2.0 is decoded`() throws {
        let response = try #require(
            Self.response(
                """
                {"statusCode": 201, "headers": {"Content-Type": "application/json", "x-number": 1, "x-bool": true},
                 "cookies": ["a=1", "b=2"], "body": "{\\"a\\": \\"\\u53e4\\"}", "isBase64Encoded": false, "extra": [1]}
                """
            )
        )
        #expect(response.status == 201)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.headers["x-number"] == "1")
        #expect(response.headers["x-bool"] == "true")
        #expect(response.headers.filter { $0.name == "Set-Cookie" }.map(\.value) == ["a=1", "b=2"])
        #expect(String(buffer: response.body) == #"{"a": "古"}"#)
    }

    @Test(arguments: [#"{"a": 1}"#, #""text""#, "[1, 2]", "3", "null", "{}"])
    func `a payload without a status is the body of a 200`(payload: String) throws {
        let response = try #require(Self.response(payload))
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(String(buffer: response.body) == payload)
    }

    @Test(arguments: [
        "", "{", "nonsense", #"{"statusCode": "many"}"#, #"{"statusCode": 99}"#, #"{"statusCode": 101}"#,
        #"{"statusCode": 600}"#, #"{"statusCode": null}"#, #"{"statusCode": 200, "body": {}}"#,
        #"{"statusCode": 200, "headers": []}"#, #"{"statusCode": 200, "body": "*", "isBase64Encoded": true}"#,
        #"{"statusCode": 200} trailing"#,
    ])
    func `a malformed response is rejected`(payload: String) {
        #expect(Self.response(payload) == nil)
    }

    @Test
    func `a Base64 body is decoded`() throws {
        let response = try #require(Self.response(#"{"statusCode": 200, "body": "AP8=", "isBase64Encoded": true}"#))
        #expect(response.body.readableBytes == 2)
    }

    @Test
    func `a status may be a string, and null members count as absent`() throws {
        let response = try #require(
            Self.response(
                #"{"statusCode": "404", "headers": null, "cookies": null, "body": null, "isBase64Encoded": null}"#
            )
        )
        #expect(response.status == 404)
        #expect(response.body.readableBytes == 0)
    }

    @Test(arguments: [204, 304])
    func `a response of status 204 or 304 has no body`(status: Int) throws {
        let response = try #require(Self.response(#"{"statusCode": \#(status), "body": "ignored"}"#))
        #expect(response.body.readableBytes == 0)
    }

    @Test
    func `a body without a content type is plain text`() throws {
        let response = try #require(Self.response(#"{"statusCode": 200, "body": "a"}"#))
        #expect(response.headers["Content-Type"] == "text/plain;charset=UTF-8")
    }

    @Test
    func `a function cannot set the header fields that the server sets itself, nor forge a field with a line break`()
        throws
    {
        let response = try #require(
            Self.response(
                """
                {"statusCode": 200, "headers": {"Connection": "close", "Content-Length": "99", "Transfer-Encoding": "x",
                 "bad name": "x", "x-split": "a\\r\\nset-cookie: b"}, "body": "abc"}
                """
            )
        )
        #expect(response.headers["Connection"] == nil)
        #expect(response.headers["Transfer-Encoding"] == nil)
        #expect(response.headers["Content-Length"] == nil)
        #expect(response.headers["Set-Cookie"] == nil)
        #expect(response.headers["x-split"]?.contains("\n") == false)
    }
}
