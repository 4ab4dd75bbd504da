import Encoding
package import HTTPMessage
package import NIOCore

/// Parses the responses of an HTTP/1.1 connection, one at a time (RFC 9112).
///
/// It rejects everything that is ambiguous, and does not copy the body of a response that arrives in one read.
package struct HTTPResponseParser: ~Copyable {
    package enum Failure: Error, Equatable {
        /// The response is not valid HTTP/1.1; the associated value says why.
        case malformed(String)
        /// The body exceeds the limit.
        case tooLarge
        /// The connection ended during the response.
        case cutOff
        /// The connection ended before the response.
        case missing

        package var kind: HTTPConnectionError.Kind {
            switch self {
            case .malformed: .invalidResponse
            case .tooLarge: .responseTooLarge
            case .cutOff: .closedInResponse
            case .missing: .closedBeforeResponse
            }
        }

        /// What is malformed; empty for the other cases.
        package var message: String {
            if case .malformed(let part) = self { part } else { "" }
        }
    }

    private enum State {
        /// Before the empty line, which does not start before offset `searched`.
        case head(searched: Int)
        case body(HTTPResponseHead, remaining: Int)
        case chunkSize(HTTPResponseHead)
        case chunk(HTTPResponseHead, remaining: Int)
        case chunkEnd(HTTPResponseHead)
        case trailers(HTTPResponseHead)
        case untilClose(HTTPResponseHead)
    }

    /// The limit for heads and trailer lines. DynamoDB's heads have about 300 bytes, Lambda's up to several thousand
    /// (client context).
    private static let maximumHeadBytes = 1 << 16
    /// The limit for a chunk's size line, including extensions.
    private static let maximumSizeLineBytes = 1 << 10

    /// The limit for interim responses and trailer lines per response, which a malicious peer could send without end.
    private static let maximumDiscarded = 100

    private let maximumBodyBytes: Int
    private var state = State.head(searched: 0)
    /// The number of interim responses and trailer lines of the current response.
    private var discarded = 0
    private var unread = ByteBuffer()
    private var body = ByteBuffer()

    package init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Whether a part of the next response has been received.
    package var hasBegun: Bool {
        if case .head = state { discarded > 0 || unread.readableBytes > 0 } else { true }
    }

    /// Consumes the next bytes and returns the response if they complete one. Bytes after it are kept. The parser must not
    /// be used after it has thrown.
    package mutating func receive(_ bytes: ByteBuffer) throws(Failure) -> (HTTPResponse, isKeepAlive: Bool)? {
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeImmutableBuffer(bytes) }
        while true {
            switch try step() {
            case .complete(let head): return finish(head)
            case .progress: continue
            case .needsMoreBytes: return nil
            }
        }
    }

    /// Handles the end of the connection and returns the response that it completes; throws if it completes none.
    package mutating func finish() throws(Failure) -> HTTPResponse {
        if case .untilClose(let head) = state { return finish(head).0 }
        throw hasBegun ? .cutOff : .missing
    }

    private mutating func finish(_ head: HTTPResponseHead) -> (HTTPResponse, isKeepAlive: Bool) {
        let response = HTTPResponse(status: head.status, headers: head.headers, body: body)
        state = .head(searched: 0)
        discarded = 0
        body = ByteBuffer()
        return (response, head.isKeepAlive)
    }

    // MARK: Steps

    private enum Progress {
        case complete(HTTPResponseHead)
        case progress
        case needsMoreBytes
    }

    private mutating func step() throws(Failure) -> Progress {
        switch state {
        case .head(let searched):
            return try stepInHead(searched)
        case .body(let head, let remaining):
            let left = takeBody(remaining)
            state = .body(head, remaining: left)
            return left == 0 ? .complete(head) : .needsMoreBytes
        case .chunkSize(let head):
            guard let line = try takeLine(Self.maximumSizeLineBytes) else { return .needsMoreBytes }
            guard let size = line.httpChunkSize else { throw .malformed("invalid chunk size") }
            guard size <= maximumBodyBytes - body.readableBytes else { throw .tooLarge }
            state = size == 0 ? .trailers(head) : .chunk(head, remaining: size)
            return .progress
        case .chunk(let head, let remaining):
            let left = takeBody(remaining)
            state = left == 0 ? .chunkEnd(head) : .chunk(head, remaining: left)
            return left == 0 ? .progress : .needsMoreBytes
        case .chunkEnd(let head):
            guard let line = try takeLine(2) else { return .needsMoreBytes }
            guard line.readableBytes == 0 else { throw .malformed("invalid end of a chunk") }
            state = .chunkSize(head)
            return .progress
        case .trailers(let head):
            // Neither DynamoDB nor the Runtime API sends meaningful trailers.
            guard let line = try takeLine(Self.maximumHeadBytes) else { return .needsMoreBytes }
            if line.readableBytes == 0 { return .complete(head) }
            try discard("trailer")
            return .progress
        case .untilClose:
            guard body.readableBytes + unread.readableBytes <= maximumBodyBytes else { throw .tooLarge }
            _ = takeBody(unread.readableBytes)
            return .needsMoreBytes
        }
    }

    private mutating func stepInHead(_ searched: Int) throws(Failure) -> Progress {
        guard let end = Self.emptyLine(in: unread.readableBytesUInt8Span, from: searched) else {
            guard HTTPResponseHead.canBegin(with: unread.readableBytesUInt8Span) else {
                throw .malformed("invalid HTTP version")
            }
            guard unread.readableBytes <= Self.maximumHeadBytes else { throw .malformed("head too long") }
            state = .head(searched: max(0, unread.readableBytes - 3))
            return .needsMoreBytes
        }
        guard end <= Self.maximumHeadBytes, let lines = unread.readSlice(length: end) else {
            throw .malformed("head too long")
        }
        unread.moveReaderIndex(forwardBy: 2)
        let head = try HTTPResponseHead(parsing: lines)
        if head.isInterim {
            guard head.status != 101 else { throw .malformed("invalid status code") }
            try discard("interim response")
            state = .head(searched: 0)
            return .progress
        }
        switch head.framing {
        case .length(let length):
            guard length <= maximumBodyBytes else { throw .tooLarge }
            // A body that has already arrived is sliced; only one that arrives in parts is copied.
            if length > unread.readableBytes { body.reserveCapacity(length) }
            state = .body(head, remaining: length)
        case .chunked: state = .chunkSize(head)
        case .untilClose: state = .untilClose(head)
        }
        return .progress
    }

    private mutating func discard(_ what: String) throws(Failure) {
        discarded += 1
        guard discarded <= Self.maximumDiscarded else { throw .malformed("too many \(what)s") }
    }

    /// Moves up to `limit` bytes into the body and returns how many are missing.
    private mutating func takeBody(_ limit: Int) -> Int {
        guard let part = unread.readSlice(length: min(limit, unread.readableBytes)) else { return limit }
        if body.capacity == 0 { body = part } else { body.writeImmutableBuffer(part) }
        return limit - part.readableBytes
    }

    private mutating func takeLine(_ limit: Int) throws(Failure) -> ByteBuffer? {
        do { return try unread.readHTTPLine(upTo: limit) } catch { throw .malformed(error.reason) }
    }

    /// The offset of the empty line that ends a head.
    private static func emptyLine(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start + 3
        while index < bytes.count {
            // As in Boyer–Moore, the byte determines how far to skip: usually four bytes.
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                if bytes[index - 1] == UInt8(ascii: "\r"), bytes[index - 2] == UInt8(ascii: "\n"),
                    bytes[index - 3] == UInt8(ascii: "\r")
                {
                    return index - 1
                }
                index += 1
            case UInt8(ascii: "\r"): index += 1
            default: index += 4
            }
        }
        return nil
    }
}
