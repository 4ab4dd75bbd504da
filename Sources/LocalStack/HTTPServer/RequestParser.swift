import HTTPMessage
package import NIOCore

/// Parses the requests of a connection, one at a time (RFC 9112).
///
/// It rejects everything that another implementation may parse differently, such as two lengths, a folded line or a bare
/// line feed, so that no bytes of one request can be taken for another.
package struct RequestParser {
    package struct Framing: Equatable {
        /// The length of the body in bytes; nil if it is chunked. A length beyond 63 bits is `Int.max`.
        package var length: Int? = 0
        package var isHTTP10 = false
        package var isKeepAlive = false
        /// Whether the client waits for `100 Continue` before it sends the body.
        package var expectsContinue = false
    }

    private enum State {
        case head
        /// In the body, or in a chunk of it.
        case body(remaining: Int, isChunk: Bool)
        case chunkSize
        case trailers(size: Int)
    }

    /// The limit for a chunk's size line, including extensions.
    private static let maximumSizeLineBytes = 256
    private let maximumHeadBytes: Int
    private var state = State.head
    /// What has been received and not been parsed.
    package private(set) var unread = ByteBuffer()
    /// The number of bytes at the start of an incomplete head that are valid.
    private var searched = 0

    package init(maximumHeadBytes: Int) { self.maximumHeadBytes = maximumHeadBytes }

    package mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeImmutableBuffer(bytes) }
    }

    /// Whether the last request's body has been parsed.
    package var isAtHead: Bool { if case .head = state { true } else { false } }

    /// Returns the next part of a body; nil if it has not arrived or the body is complete. The parser must not be used after
    /// it has thrown.
    package mutating func nextBody() throws(RequestRejection) -> ByteBuffer? {
        while true {
            switch state {
            case .head: return nil
            case .body(remaining: 0, isChunk: false): state = .head
            case .body(remaining: 0, isChunk: true):
                guard let line = try takeLine(2) else { return nil }
                guard line.readableBytes == 0 else { throw .malformed }
                state = .chunkSize
            case .body(let remaining, let isChunk):
                let count = min(remaining, unread.readableBytes)
                guard count > 0, let bytes = unread.readSlice(length: count) else { return nil }
                state = .body(remaining: remaining - count, isChunk: isChunk)
                return bytes
            case .chunkSize:
                guard let line = try takeLine(Self.maximumSizeLineBytes) else { return nil }
                guard let size = line.httpChunkSize else { throw .malformed }
                state = size == 0 ? .trailers(size: 0) : .body(remaining: size, isChunk: true)
            case .trailers(let size):
                guard size <= maximumHeadBytes else { throw .headTooLarge }
                guard var line = try takeLine(maximumHeadBytes) else { return nil }
                state = line.readableBytes == 0 ? .head : .trailers(size: size + line.readableBytes + 2)
                line.writeStaticString("\r\n")
                guard isAtHead || HTTPHeaderFields(parsing: line) != nil else { throw .malformed }
            }
        }
    }

    private mutating func takeLine(_ limit: Int) throws(RequestRejection) -> ByteBuffer? {
        do { return try unread.readHTTPLine(upTo: limit) } catch { throw .malformed }
    }

    /// Returns the head of the next request; nil if it is incomplete. Must be called when ``isAtHead``.
    package mutating func nextHead() throws(RequestRejection) -> (Request, Framing)? {
        // Empty lines before a request are ignored (section 2.2).
        while searched < 2, unread.readableBytesView.starts(with: "\r\n".utf8) {
            unread.moveReaderIndex(forwardBy: 2)
            searched = 0
        }
        // Includes the empty line. Nothing beyond is searched, so that the result does not depend on how the bytes arrive.
        let limit = maximumHeadBytes + 2
        let end = try Self.endOfHead(in: unread.readableBytesUInt8Span.extracting(first: limit), from: searched)
        guard let end, let lines = unread.readSlice(length: end) else {
            guard unread.readableBytes < limit else { throw .headTooLarge }
            searched = unread.readableBytes
            return nil
        }
        unread.moveReaderIndex(forwardBy: 2)
        searched = 0
        let (request, framing) = try Self.parse(lines)
        state = framing.length.map { .body(remaining: $0, isChunk: false) } ?? .chunkSize
        return (request, framing)
    }

    /// The offset of the empty line that ends a head; nil if it has not arrived. A line may end only with CRLF, and a
    /// control character other than a tab is malformed, whatever follows.
    private static func endOfHead(in bytes: Span<UInt8>, from start: Int) throws(RequestRejection) -> Int? {
        for index in max(start - 1, 0)..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7F {
            switch bytes[index] {
            case UInt8(ascii: "\t"): break
            case UInt8(ascii: "\r") where index + 1 == bytes.count || bytes[index + 1] == UInt8(ascii: "\n"): break
            case UInt8(ascii: "\n") where index > 0 && bytes[index - 1] == UInt8(ascii: "\r"):
                if index >= 3, bytes[index - 2] == UInt8(ascii: "\n") { return index - 1 }
            default: throw .malformed
            }
        }
        return nil
    }

    private static func parse(_ lines: ByteBuffer) throws(RequestRejection) -> (Request, Framing) {
        var rest = lines
        guard let line = (try? rest.readHTTPLine(upTo: lines.readableBytes)).map({ Array(buffer: $0) }),
            let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last
        else { throw .malformed }
        let (method, target, version) = (line[..<first], line[(first + 1)..<last], line[(last + 1)...])
        // A later minor version is processed as 1.1 (RFC 9110, section 2.5).
        guard !method.isEmpty, method.allSatisfy(HTTPHeaderFields.isAllowedInName),
            target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }),
            version.count == 8, version.starts(with: "HTTP/1.".utf8),
            (0x30...0x39).contains(version[version.endIndex - 1]),
            let headers = HTTPHeaderFields(parsing: rest.slice())
        else { throw .malformed }
        let isHTTP10 = version.last == UInt8(ascii: "0")
        let (name, hosts) = (String(decoding: method, as: UTF8.self), headers.values(of: "host"))
        guard hosts.count == 1 || hosts.isEmpty && isHTTP10, hosts.allSatisfy(isHost),
            let (host, path) = resolve(String(decoding: target, as: UTF8.self), name, host: hosts.first)
        else { throw .malformed }
        let options = headers.values(of: "connection").flatMap {
            $0.lowercased().filter { !$0.isWhitespace }.split(separator: ",")
        }
        let framing = Framing(
            length: try length(headers, isHTTP10), isHTTP10: isHTTP10,
            isKeepAlive: isHTTP10 ? options.contains("keep-alive") : !options.contains("close"),
            expectsContinue: !isHTTP10 && headers.first(name: "expect")?.lowercased() == "100-continue"
        )
        return (Request(method: name, target: path, host: host, headers: headers), framing)
    }

    /// The host and the path of a target (section 3.2); nil if the target is invalid. The host in an absolute form, which
    /// proxies receive, replaces that of the header field.
    private static func resolve(_ target: String, _ method: String, host: String?) -> (host: String?, path: String)? {
        if target.utf8.first == UInt8(ascii: "/") || target == "*" && method == "OPTIONS" { return (host, target) }
        guard target.prefix(7).lowercased() == "http://" else { return nil }
        let authority = String(target.dropFirst(7).prefix { $0 != "/" && $0 != "?" })
        let path = target.dropFirst(7 + authority.count)
        return isHost(authority) ? (authority, path.hasPrefix("/") ? String(path) : "/\(path)") : nil
    }

    /// Whether the text can be a host and port. Neither an empty host nor user information is valid (RFC 9110, section 4.2).
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@\\".utf8.contains($0) }
    }

    /// The length of the body (section 6.3); nil if it is chunked.
    private static func length(_ headers: HTTPHeaderFields, _ isHTTP10: Bool) throws(RequestRejection) -> Int? {
        let (lengths, codings) = (headers.values(of: "content-length"), headers.values(of: "transfer-encoding"))
        guard lengths.count + codings.count <= 1 else { throw .malformed }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .malformed }
            return Int(length) ?? .max
        }
        guard let coding = codings.first else { return 0 }
        // A proxy of HTTP/1.0 would not know the end of a chunked body.
        guard coding.lowercased() == "chunked", !isHTTP10 else { throw .malformed }
        return nil
    }
}
