import HTTPConnection
import HTTPMessage
import NIOCore
import Testing

@Suite
struct HTTPResponseParserTests {
    /// Parses `text` as if it arrived in pieces of `size` bytes before the connection ends.
    private func parse(
        _ text: String,
        inPiecesOf size: Int = .max,
        maximumBodyBytes: Int = 1 << 20
    ) throws(HTTPResponseParser.Failure) -> HTTPResponse {
        var parser = HTTPResponseParser(maximumBodyBytes: maximumBodyBytes)
        var rest = ByteBuffer(string: text)
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            if let (response, _) = try parser.receive(piece) { return response }
        }
        return try parser.finish()
    }

    static let responses = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: \t a  value \r\n\r\nhello", "hello"),
        ("HTTP/1.1 200\r\nx-name:a  value\r\ncontent-length:0\r\n\r\n", ""),
        ("HTTP/1.1 200 \r\nX-NAME: a  value\r\n\r\nto the end", "to the end"),
        (
            "HTTP/1.0 200 OK\r\nX-Name: a  value\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n00\r\nT: t\r\n\r\n",
            "abc"
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-Name: a  value\r\nContent-Length: 1\r\n\r\n1",
            "1"
        ),
    ]

    @Test(arguments: responses, [1, 2, 3, 7, .max])
    func `the result does not depend on how the response is split`(response: (text: String, body: String), size: Int)
        throws
    {
        let parsed = try parse(response.text, inPiecesOf: size)
        #expect(parsed.status == 200)
        #expect(parsed.headers.first(name: "x-NAME") == "a  value")
        #expect(parsed.headers.first(name: "x-nam") == nil)
        #expect(String(buffer: parsed.body) == response.body)
    }

    @Test(arguments: [
        "204 No Content\r\n", "304 Not Modified\r\n", "304 Not Modified\r\nContent-Length: 5\r\n",
    ])
    func `a response of status 204 or 304 has no body and keeps the connection open`(head: String) throws {
        var parser = HTTPResponseParser(maximumBodyBytes: 1 << 20)
        let (response, isKeepAlive) = try #require(try parser.receive(ByteBuffer(string: "HTTP/1.1 \(head)\r\n")))
        #expect(response.body.readableBytes == 0)
        #expect(isKeepAlive)
    }

    @Test(arguments: [
        ("a bare line feed after the status line", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
        ("a bare line feed after a field", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n"),
        ("a bare carriage return in a field", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"),
        ("a folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"),
        ("white space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"),
        ("a field without a name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n"),
        ("a field without a colon", "HTTP/1.1 200 OK\r\nA\r\n\r\n"),
        ("a NUL in a value", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"),
        ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1"),
        ("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n1"),
        ("a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n1"),
        ("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        ("an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n"),
        ("a length that overflows", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        (
            "both a length and chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        ("an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ("two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"),
        ("a signed chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"),
        ("a chunk size that overflows", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"),
        (
            "a chunk that is longer than its size",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"
        ),
        ("a bare line feed after a chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n"),
        ("endless interim responses", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 200)),
        (
            "endless trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "T: t\r\n", count: 200)
        ),
        ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
        ("another version", "HTTP/2.0 200 OK\r\n\r\n"),
        ("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
        ("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        ("a status code without a class", "HTTP/1.1 600 Huh\r\n\r\n"),
        ("a protocol switch", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        ("an endless status line", "HTTP/1.1 200 " + String(repeating: "x", count: 70_000)),
        (
            "an endless chunk size line",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 2000)
        ),
    ])
    func `ambiguous and invalid responses are rejected`(what: String, text: String) {
        for size in [1, .max] {
            let failure = #expect(throws: HTTPResponseParser.Failure.self, "\(what)") {
                try parse(text, inPiecesOf: size)
            }
            #expect(failure?.kind == .invalidResponse, "\(what)")
        }
    }

    @Test(arguments: responses.filter { !$0.0.hasSuffix("to the end") })
    func `a response that is cut off anywhere is an error`(text: String, body: String) {
        for length in 1..<text.utf8.count {
            #expect(throws: HTTPResponseParser.Failure.cutOff) {
                try parse(String(decoding: text.utf8.prefix(length), as: UTF8.self), inPiecesOf: 5)
            }
        }
        #expect(throws: HTTPResponseParser.Failure.missing) { try parse("") }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
    ])
    func `a body over the limit is rejected`(text: String) {
        #expect(throws: HTTPResponseParser.Failure.tooLarge) { try parse(text, maximumBodyBytes: 10) }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
    ])
    func `a body of exactly the limit is accepted`(text: String) throws {
        #expect(String(buffer: try parse(text, maximumBodyBytes: 11).body) == "hello world")
    }

    /// Values are validated eight bytes at a time.
    @Test(arguments: 0..<20)
    func `a control character other than a tab is rejected anywhere in a field's value`(position: Int) {
        func value(_ character: String) -> String {
            String(repeating: "v", count: position) + character + String(repeating: "v", count: 20 - position)
        }
        for allowed in ["\t", " ", "~", "\u{80}", "\u{FF}", "句"].map(value) {
            #expect(HTTPHeaderFields([(name: "X", value: allowed)]).isWellFormed)
            #expect(throws: Never.self) { try parse("HTTP/1.1 204 No Content\r\nX: \(allowed)\r\n\r\n") }
        }
        for control in ["\u{0}", "\u{1F}", "\u{7F}", "\r", "\n"].map(value) {
            #expect(!HTTPHeaderFields([(name: "X", value: control)]).isWellFormed)
            #expect(throws: HTTPResponseParser.Failure.self) {
                try parse("HTTP/1.1 204 No Content\r\nX: \(control)\r\n\r\n")
            }
        }
    }

    @Test
    func `bytes after a response are detected`() throws {
        var parser = HTTPResponseParser(maximumBodyBytes: 10)
        let one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
        let first = try parser.receive(ByteBuffer(string: one))
        #expect(first?.isKeepAlive == true)
        let hasBegun = parser.hasBegun
        #expect(!hasBegun)
        _ = try parser.receive(ByteBuffer(string: one + "H"))
        let hasMore = parser.hasBegun
        #expect(hasMore)
    }
}
