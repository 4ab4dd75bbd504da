import HTTPMessage
import NIOCore

/// The status line and the header fields of a response, and how its body is framed (RFC 9112).
struct HTTPResponseHead {
    enum Framing: Equatable {
        /// A body of this many bytes.
        case length(Int)
        case chunked
        /// The body ends when the connection is closed.
        case untilClose
    }

    let status: Int
    let headers: HTTPHeaderFields
    let framing: Framing
    /// Whether the connection can carry another request.
    let isKeepAlive: Bool

    /// Whether this is an interim response (RFC 9110, section 15.2), which the final response follows.
    var isInterim: Bool { (100..<200).contains(status) }

    /// - Parameter bytes: Everything before the empty line.
    init(parsing bytes: ByteBuffer) throws(HTTPResponseParser.Failure) {
        let (status, isVersion11, lineLength) = try Self.statusLine(bytes.readableBytesUInt8Span)
        var lines = bytes
        lines.moveReaderIndex(forwardBy: lineLength)
        guard let headers = HTTPHeaderFields(parsing: lines.slice()) else { throw .malformed("invalid header field") }
        let framing = try Self.framing(status: status, headers)
        self.status = status
        self.headers = headers
        self.framing = framing
        isKeepAlive = framing != .untilClose && Self.isKeptAlive(headers, isVersion11: isVersion11)
    }

    /// Parses `HTTP/1.1 200 OK\r\n`, with or without a reason phrase.
    private static func statusLine(
        _ bytes: Span<UInt8>
    ) throws(HTTPResponseParser.Failure) -> (status: Int, isVersion11: Bool, length: Int) {
        guard bytes.count >= 14, hasVersion(bytes), bytes[8] == UInt8(ascii: " ") else {
            throw .malformed("invalid HTTP version")
        }
        var status = 0
        for index in 9..<12 {
            guard (0x30...0x39).contains(bytes[index]) else { throw .malformed("invalid status code") }
            status = status * 10 + Int(bytes[index] - 0x30)
        }
        guard (100...599).contains(status) else { throw .malformed("invalid status code") }
        var end = 12
        while end < bytes.count, bytes[end] >= 0x20 || bytes[end] == 0x09 { end += 1 }
        guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[end + 1] == UInt8(ascii: "\n"),
            end == 12 || bytes[12] == UInt8(ascii: " ")
        else { throw .malformed("invalid status line") }
        return (status, bytes[7] == UInt8(ascii: "1"), end + 2)
    }

    /// Whether `bytes` is the beginning of a response or too short to decide.
    static func canBegin(with bytes: Span<UInt8>) -> Bool {
        hasVersion(bytes)
    }

    private static func hasVersion(_ bytes: Span<UInt8>) -> Bool {
        let name: StaticString = "HTTP/1."
        for index in 0..<min(bytes.count, 7) where bytes[index] != name.utf8Start[index] { return false }
        return bytes.count < 8 || bytes[7] == UInt8(ascii: "0") || bytes[7] == UInt8(ascii: "1")
    }

    /// RFC 9112, section 6.3. Ambiguous framing is rejected.
    private static func framing(
        status: Int,
        _ headers: HTTPHeaderFields
    ) throws(HTTPResponseParser.Failure) -> Framing {
        if status == 204 || status == 304 || status < 200 { return .length(0) }
        let length = headers.values(of: "content-length")
        let coding = headers.values(of: "transfer-encoding")
        if let text = coding.first {
            guard coding.count == 1, length.isEmpty, text.lowercased() == "chunked" else {
                throw .malformed("unsupported Transfer-Encoding")
            }
            return .chunked
        }
        guard let text = length.first else { return .untilClose }
        guard length.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let bytes = Int(text)
        else {
            throw .malformed("invalid Content-Length")
        }
        return .length(bytes)
    }

    private static func isKeptAlive(_ headers: HTTPHeaderFields, isVersion11: Bool) -> Bool {
        switch headers.first(name: "connection")?.lowercased() {
        case "close"?: false
        case "keep-alive"?: true
        default: isVersion11
        }
    }
}
