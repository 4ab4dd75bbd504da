import HTTPConnection
package import NIOCore

/// Parses the requests of a connection, one at a time (RFC 9112).
///
/// It rejects everything that another implementation may parse differently, such as two lengths, a folded line or a bare
/// line feed, so that no bytes of one request can be taken for another.
package struct RequestParser {
    package enum Part {
        case head(Request, Framing)
        case body(ByteBuffer)
        case end
    }

    /// What the head says about the body and the connection.
    package struct Framing: Equatable {
        /// The length of the body in bytes; nil if it is chunked. A length beyond 63 bits is `Int.max`.
        package var length: Int?
        package var isHTTP10: Bool
        package var isKeepAlive: Bool
        /// Whether the client waits for `100 Continue` before it sends the body.
        package var expectsContinue: Bool
    }

    private enum State {
        /// In a head whose first `searched` bytes are valid and do not contain its end.
        case head(searched: Int)
        case body(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers(size: Int)
    }

    /// The limit for a chunk's size line, including extensions.
    private static let maximumSizeLineBytes = 256

    private let maximumHeadBytes: Int
    private var state = State.head(searched: 0)
    private var unread = ByteBuffer()

    package init(maximumHeadBytes: Int) { self.maximumHeadBytes = maximumHeadBytes }

    package mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeImmutableBuffer(bytes) }
    }

    /// Bytes that have been received and not been parsed.
    package var unreadBytes: Int { unread.readableBytes }

    /// Returns the next part; nil if it is incomplete. The parser must not be used after it has thrown.
    package mutating func next() throws(RequestRejection) -> Part? {
        while true {
            switch state {
            case .head(let searched):
                return try nextHead(searched)
            case .body(let remaining):
                if remaining == 0 { return end() }
                return take(remaining).map {
                    state = .body(remaining: remaining - $0.readableBytes); return .body($0)
                }
            case .chunkSize:
                guard let line = try takeLine(Self.maximumSizeLineBytes) else { return nil }
                guard let size = line.httpChunkSize else { throw .malformed }
                state = size == 0 ? .trailers(size: 0) : .chunk(remaining: size)
            case .chunk(let remaining):
                guard remaining > 0 else {
                    state = .chunkEnd
                    continue
                }
                return take(remaining).map {
                    state = .chunk(remaining: remaining - $0.readableBytes); return .body($0)
                }
            case .chunkEnd:
                guard let line = try takeLine(2) else { return nil }
                guard line.readableBytes == 0 else { throw .malformed }
                state = .chunkSize
            case .trailers(let size):
                guard size <= maximumHeadBytes else { throw .headTooLarge }
                guard var line = try takeLine(maximumHeadBytes) else { return nil }
                if line.readableBytes == 0 { return end() }
                line.writeStaticString("\r\n")
                guard HTTPHeaderFields(parsing: line) != nil else { throw .malformed }
                state = .trailers(size: size + line.readableBytes)
            }
        }
    }

    private mutating func end() -> Part {
        state = .head(searched: 0)
        return .end
    }

    private mutating func take(_ limit: Int) -> ByteBuffer? {
        unread.readableBytes == 0 ? nil : unread.readSlice(length: min(limit, unread.readableBytes))
    }

    private mutating func takeLine(_ limit: Int) throws(RequestRejection) -> ByteBuffer? {
        do { return try unread.readHTTPLine(upTo: limit) } catch { throw .malformed }
    }

    // MARK: Heads

    private mutating func nextHead(_ searched: Int) throws(RequestRejection) -> Part? {
        var searched = searched
        // Empty lines before a request are ignored (section 2.2).
        while searched < 2, unread.readableBytesView.starts(with: "\r\n".utf8) {
            unread.moveReaderIndex(forwardBy: 2)
            searched = 0
        }
        // Includes the empty line. Nothing beyond is searched, so that the result does not depend on how the bytes arrive.
        let limit = maximumHeadBytes + 2
        let end = try Self.endOfHead(in: unread.readableBytesUInt8Span.extracting(first: limit), from: searched)
        guard let end else {
            guard unread.readableBytes < limit else { throw .headTooLarge }
            state = .head(searched: unread.readableBytes)
            return nil
        }
        guard let lines = unread.readSlice(length: end), let (request, framing) = Self.parse(lines) else {
            throw .malformed
        }
        unread.moveReaderIndex(forwardBy: 2)
        state = framing.length.map { .body(remaining: $0) } ?? .chunkSize
        return .head(request, framing)
    }

    /// The offset of the empty line that ends a head; nil if it has not arrived. A line may end only with CRLF, and a
    /// control character other than a tab is malformed, whatever follows.
    private static func endOfHead(in bytes: Span<UInt8>, from start: Int) throws(RequestRejection) -> Int? {
        for index in start..<bytes.count {
            let follows = index > 0 && bytes[index - 1] == UInt8(ascii: "\r")
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                guard follows else { throw .malformed }
                if index >= 3, bytes[index - 2] == UInt8(ascii: "\n") { return index - 1 }
            case _ where follows: throw .malformed
            case 0..<0x09, 0x0A..<0x0D, 0x0E..<0x20, 0x7F: throw .malformed
            default: break
            }
        }
        return nil
    }

    /// - Parameter lines: Everything before the empty line.
    private static func parse(_ lines: ByteBuffer) -> (Request, Framing)? {
        var rest = lines
        guard let line = (try? rest.readHTTPLine(upTo: lines.readableBytes))?.readableBytesView,
            let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last
        else { return nil }
        let (method, target, version) = (line[..<first], line[(first + 1)..<last], line[(last + 1)...])
        // A later minor version is processed as 1.1 (RFC 9110, section 2.5).
        guard !method.isEmpty, method.allSatisfy(HTTPHeaderFields.isAllowedInName),
            target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }),
            version.count == 8, version.starts(with: "HTTP/1.".utf8),
            (0x30...0x39).contains(version[version.endIndex - 1]),
            let headers = HTTPHeaderFields(parsing: rest.slice())
        else { return nil }
        let isHTTP10 = version.last == UInt8(ascii: "0")
        let hosts = headers.values(of: "host")
        guard hosts.count == 1 || hosts.isEmpty && isHTTP10, hosts.allSatisfy(isHost),
            let length = length(headers, isHTTP10),
            let (host, path) = resolve(String(decoding: target, as: UTF8.self), method: method, host: hosts.first)
        else { return nil }
        let options = headers.values(of: "connection").flatMap {
            $0.lowercased().filter { !$0.isWhitespace }.split(separator: ",")
        }
        let framing = Framing(
            length: length == chunked ? nil : length,
            isHTTP10: isHTTP10,
            isKeepAlive: isHTTP10 ? options.contains("keep-alive") : !options.contains("close"),
            expectsContinue: !isHTTP10 && headers.first(name: "expect")?.lowercased() == "100-continue"
        )
        let request = Request(
            method: String(decoding: method, as: UTF8.self),
            target: path,
            host: host,
            headers: headers
        )
        return (request, framing)
    }

    /// The host and the path of a target (section 3.2); nil if the target is invalid. The host in an absolute form, which
    /// proxies receive, replaces that of the header field.
    private static func resolve(_ target: String, method: ByteBufferView, host: String?) -> (
        host: String?, path: String
    )? {
        if target.hasPrefix("/") || target == "*" && method.elementsEqual("OPTIONS".utf8) { return (host, target) }
        guard target.prefix(7).lowercased() == "http://" else { return nil }
        let authority = target.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        let path = target[authority.endIndex...]
        return isHost(String(authority)) ? (String(authority), path.hasPrefix("/") ? String(path) : "/\(path)") : nil
    }

    /// Whether the text can be a host with an optional port. An "http" URI has no empty host and no user information
    /// (RFC 9110, section 4.2).
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@\\".utf8.contains($0) }
    }

    /// The result of ``length(_:_:)`` for a chunked body.
    private static let chunked = -1

    /// The length of the body (section 6.3); nil if it is invalid or ambiguous. A proxy of HTTP/1.0 would not know
    /// the end of a chunked body.
    private static func length(_ headers: HTTPHeaderFields, _ isHTTP10: Bool) -> Int? {
        let length = headers.values(of: "content-length")
        let coding = headers.values(of: "transfer-encoding")
        if let text = coding.first {
            return coding.count == 1 && length.isEmpty && !isHTTP10 && text.lowercased() == "chunked" ? chunked : nil
        }
        guard let text = length.first else { return 0 }
        guard length.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }
}
