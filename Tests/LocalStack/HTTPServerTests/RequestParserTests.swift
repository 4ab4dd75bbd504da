import HTTPMessage
import HTTPServer
import NIOCore
import Testing

@Suite
struct RequestParserTests {
    typealias Result = (request: Request, framing: RequestParser.Framing, body: String)

    /// The complete requests in `text`, which arrives in pieces of `size` bytes.
    static func parse(_ text: String, piece size: Int = .max, maximumHeadBytes: Int = 1_000) throws -> [Result] {
        var parser = RequestParser(maximumHeadBytes: maximumHeadBytes)
        var results: [Result] = []
        var current: Result?
        var rest = ByteBuffer(string: text)
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            parser.append(piece)
            while true {
                if parser.isAtHead {
                    guard let (request, framing) = try parser.nextHead() else { break }
                    current = (request, framing, "")
                }
                while let bytes = try parser.nextBody() { current?.body += String(buffer: bytes) }
                guard parser.isAtHead else { break }
                results.append(try #require(current))
            }
        }
        return results
    }

    static func head(_ fields: String...) -> String {
        "POST /a HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
    }

    @Test(arguments: [1, 2, 3, 7, .max])
    func `requests are the same however their bytes are divided`(size: Int) throws {
        let text =
            "GET /a/b?c=d&e HTTP/1.1\r\nHost: x:1\r\nAccept:  a, b \r\n\r\n" + Self.head("Content-Length: 3") + "abc"
            + "\r\n" + Self.head("Transfer-Encoding: Chunked")
            + "3; x=\"y;\";z\r\nabc\r\n00a;b\r\n0123456789\r\n0\r\nT: u\r\n\r\n"
            + "GET /? HTTP/1.0\r\n\r\n"
        let found = try Self.parse(text, piece: size)
        #expect(found.map(\.request.method) == ["GET", "POST", "POST", "GET"])
        #expect(found.map(\.request.path) == ["/a/b", "/a", "/a", "/"])
        #expect(found.map(\.request.query) == ["c=d&e", nil, nil, ""])
        #expect(found.map(\.request.host) == ["x:1", "localhost", "localhost", nil])
        #expect(found.map(\.body) == ["", "abc", "abc0123456789", ""])
        #expect(found.map(\.framing.length) == [0, 3, nil, 0])
        #expect(found[0].request.headers.first(name: "accept") == "a, b")
    }

    static let malformed = [
        head("Content-Length: 2", "Content-Length: 4"), head("Content-Length: 2", "Content-Length: 2"),
        head("Content-Length: 2, 2"), head("Content-Length: +2"), head("Content-Length: -2"),
        head("Content-Length: 0x2"),
        head("Content-Length:"), head("Content-Length: 2", "Transfer-Encoding: chunked"),
        head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), head("Transfer-Encoding: gzip, chunked"),
        head("Transfer-Encoding: identity"), head("Transfer-Encoding : chunked"),
        head("Transfer-Encoding: \u{B}chunked"),
        head("Transfer-Encoding: chunked") + "2\r\nabX\r\n", head("Transfer-Encoding: chunked") + "2\nab\n",
        head("Transfer-Encoding: chunked") + "2 \r\nab\r\n", head("Transfer-Encoding: chunked") + "-2\r\n",
        head("Transfer-Encoding: chunked") + "fffffffffffffffff\r\n", head("Transfer-Encoding: chunked") + "\r\n",
        head("X: a", " folded"), head("X: a\u{0}b"), head("X: a\u{1B}b"), head("X: a\rb"), head("X: a\nY: b"),
        head("X"),
        head(": a"), head("Host: localhost"), "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: localhost\n\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET HTTP/1.1\r\nHost: a\r\n\r\n", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        head("Transfer-Encoding: chunked") + "2;\r\nab\r\n", head("Transfer-Encoding: chunked") + "2;[\r\nab\r\n",
        head("Transfer-Encoding: chunked") + "2;a[\r\nab\r\n",
        head("Transfer-Encoding: chunked") + "2;a\u{0}\r\nab\r\n",
        head("Transfer-Encoding: chunked") + "2;a\rb\r\nab\r\n",
        head("Transfer-Encoding: chunked") + "0\r\nX Y\r\n\r\n",
        head("Transfer-Encoding: chunked") + "0\r\nX: a\u{0}\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: b@a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.10\r\nHost: a\r\n\r\n",
        "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}", "GET / HTTP/1.1\r\r", "\n",
    ]

    @Test(arguments: malformed, [1, .max])
    func `a malformed or ambiguous request is rejected`(text: String, size: Int) {
        #expect(throws: RequestRejection.malformed) { try Self.parse(text, piece: size) }
    }

    @Test(arguments: [
        ("http://b:1/c?d", "b:1", "/c", "d"), ("HTTP://[::1]", "[::1]", "/", nil), ("http://b?d", "b", "/", "d"),
    ])
    func `the host of an absolute target replaces that of the header field`(
        target: String, host: String, path: String, query: String?
    ) throws {
        let found = try Self.parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(found.map(\.request.host) == [host])
        #expect(found.map(\.request.path) == [path])
        #expect(found.map(\.request.query) == [query])
    }

    @Test func `OPTIONS may concern the whole server`() throws {
        #expect(try Self.parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").map(\.request.path) == ["*"])
    }

    @Test(arguments: ["9223372036854775808", "18446744073709551616", "99999999999999999999999999"])
    func `a length beyond 63 bits is parsed as Int max`(length: String) throws {
        var parser = RequestParser(maximumHeadBytes: 1_000)
        parser.append(ByteBuffer(string: Self.head("Content-Length: \(length)")))
        #expect(try parser.nextHead()?.1.length == .max)
    }

    @Test(arguments: [1, .max])
    func `a head, a chunk's size line and trailers have limits`(size: Int) throws {
        let long = String(repeating: "a", count: 900)
        #expect(try Self.parse(Self.head("X: \(long)"), piece: size).count == 1)
        #expect(throws: RequestRejection.headTooLarge) { try Self.parse(Self.head("X: \(long)\(long)"), piece: size) }
        #expect(throws: RequestRejection.headTooLarge) {
            try Self.parse(String(repeating: "a", count: 1_002), piece: size)
        }
        #expect(throws: RequestRejection.malformed) {
            try Self.parse(Self.head("Transfer-Encoding: chunked") + "1;\(long)\r\n", piece: size)
        }
        let trailers = String(repeating: "T: \(long)\r\n", count: 3)
        #expect(throws: RequestRejection.headTooLarge) {
            try Self.parse(Self.head("Transfer-Encoding: chunked") + "0\r\n\(trailers)", piece: size)
        }
    }

    @Test(arguments: [1, 7, .max])
    func `the limit of a head does not depend on how its bytes are divided`(size: Int) throws {
        let head = Self.head("X: " + String(repeating: "a", count: 100))
        let length = head.utf8.count - 2
        #expect(try Self.parse(head, piece: size, maximumHeadBytes: length).count == 1)
        for text in [head, String(repeating: "a", count: length + 1) + "\u{1}"] {
            #expect(throws: RequestRejection.headTooLarge) {
                try Self.parse(text, piece: size, maximumHeadBytes: length - 1)
            }
        }
    }

    @Test(arguments: [
        ("1.1", nil, true), ("1.1", "keep-alive", true), ("1.1", "close", false), ("1.1", "TE, Close", false),
        ("1.1", "close , TE", false), ("1.2", nil, true), ("1.9", "close", false),
        ("1.0", nil, false), ("1.0", "Keep-Alive", true), ("1.0", "close", false),
    ])
    func `version and Connection determine whether the connection is kept alive`(
        version: String, option: String?, isKeptAlive: Bool
    ) throws {
        let field = option.map { "Connection: \($0)\r\n" } ?? ""
        let found = try Self.parse("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(found.map(\.framing.isKeepAlive) == [isKeptAlive])
    }
}
