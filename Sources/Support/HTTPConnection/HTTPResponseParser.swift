package import NIOCore

/// Reads the responses of an HTTP/1.1 connection, one at a time (RFC 9112).
///
/// It is strict where leniency would let a peer or something on the way be understood in two ways, and it takes a
/// response whose bytes came in one piece without copying its body.
package struct HTTPResponseParser: ~Copyable {
    /// Why bytes are no response.
    package enum Failure: Error, Equatable {
        /// They are not HTTP/1.1; the words name the part.
        case malformed(String)
        /// The body is longer than allowed.
        case tooLarge
        /// The connection has ended in the middle.
        case cutOff
        /// The connection has ended before the first byte.
        case missing

        /// What it means to whoever waits for the response.
        package var kind: HTTPConnectionError.Kind {
            switch self {
            case .malformed: .invalidResponse
            case .tooLarge: .responseTooLarge
            case .cutOff: .closedInResponse
            case .missing: .closedBeforeResponse
            }
        }

        /// What is malformed.
        package var message: String {
            if case .malformed(let part) = self { part } else { "" }
        }
    }

    private enum State {
        /// Before the empty line, which does not begin before `searched`.
        case head(searched: Int)
        case body(HTTPResponseHead, remaining: Int)
        case chunkSize(HTTPResponseHead)
        case chunk(HTTPResponseHead, remaining: Int)
        case chunkEnd(HTTPResponseHead)
        case trailers(HTTPResponseHead)
        case untilClose(HTTPResponseHead)
    }

    /// Longer heads, and longer trailers, are refused. DynamoDB's heads have some 300 bytes, Lambda's up to some
    /// thousands (client context).
    private static let maximumHeadBytes = 1 << 16
    /// Size lines of chunks may have extensions; nobody needs long ones.
    private static let maximumSizeLineBytes = 1 << 10

    /// More interim responses and trailers than any server sends; without a bound they could come for ever.
    private static let maximumPassedOver = 100

    private let maximumBodyBytes: Int
    private var state = State.head(searched: 0)
    /// How many interim heads and trailer lines of the current response have been passed over.
    private var passedOver = 0
    private var unread = ByteBuffer()
    private var body = ByteBuffer()

    /// A parser that is before the first response.
    package init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Whether a part of the next response has come.
    package var hasBegun: Bool {
        if case .head = state { passedOver > 0 || unread.readableBytes > 0 } else { true }
    }

    /// Takes the next bytes and gives the response that they complete, if they do. Bytes behind it are kept; after a
    /// failure the parser must not be used again.
    package mutating func receive(_ bytes: ByteBuffer) throws(Failure) -> (HTTPResponse, isKeepAlive: Bool)? {
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeImmutableBuffer(bytes) }
        while true {
            switch try step() {
            case .complete(let head): return finish(head)
            case .going: continue
            case .starving: return nil
            }
        }
    }

    /// Takes the end of the connection and gives the response that it completes.
    package mutating func finish() throws(Failure) -> HTTPResponse {
        if case .untilClose(let head) = state { return finish(head).0 }
        throw hasBegun ? .cutOff : .missing
    }

    private mutating func finish(_ head: HTTPResponseHead) -> (HTTPResponse, isKeepAlive: Bool) {
        let response = HTTPResponse(status: head.status, headers: head.headers, body: body)
        state = .head(searched: 0)
        passedOver = 0
        body = ByteBuffer()
        return (response, head.isKeepAlive)
    }

    // MARK: Steps

    private enum Progress {
        case complete(HTTPResponseHead)
        case going
        /// More bytes are needed.
        case starving
    }

    private mutating func step() throws(Failure) -> Progress {
        switch state {
        case .head(let searched):
            return try stepInHead(searched)
        case .body(let head, let remaining):
            let left = takeBody(remaining)
            state = .body(head, remaining: left)
            return left == 0 ? .complete(head) : .starving
        case .chunkSize(let head):
            guard let line = try takeLine(Self.maximumSizeLineBytes) else { return .starving }
            let size = try Self.chunkSize(line.readableBytesUInt8Span)
            guard size <= maximumBodyBytes - body.readableBytes else { throw .tooLarge }
            state = size == 0 ? .trailers(head) : .chunk(head, remaining: size)
            return .going
        case .chunk(let head, let remaining):
            let left = takeBody(remaining)
            state = left == 0 ? .chunkEnd(head) : .chunk(head, remaining: left)
            return left == 0 ? .going : .starving
        case .chunkEnd(let head):
            guard let line = try takeLine(2) else { return .starving }
            guard line.readableBytes == 0 else { throw .malformed("the end of a chunk") }
            state = .chunkSize(head)
            return .going
        case .trailers(let head):
            // Nothing that we speak to sends any that matter.
            guard let line = try takeLine(Self.maximumHeadBytes) else { return .starving }
            if line.readableBytes == 0 { return .complete(head) }
            try passOver("a trailer")
            return .going
        case .untilClose:
            guard body.readableBytes + unread.readableBytes <= maximumBodyBytes else { throw .tooLarge }
            _ = takeBody(unread.readableBytes)
            return .starving
        }
    }

    private mutating func stepInHead(_ searched: Int) throws(Failure) -> Progress {
        guard let end = Self.emptyLine(in: unread.readableBytesUInt8Span, from: searched) else {
            guard HTTPResponseHead.canBegin(with: unread.readableBytesUInt8Span) else {
                throw .malformed("the version")
            }
            guard unread.readableBytes <= Self.maximumHeadBytes else { throw .malformed("the length of the head") }
            state = .head(searched: max(0, unread.readableBytes - 3))
            return .starving
        }
        guard end <= Self.maximumHeadBytes, let lines = unread.readSlice(length: end) else {
            throw .malformed("the length of the head")
        }
        unread.moveReaderIndex(forwardBy: 2)
        let head = try HTTPResponseHead(parsing: lines)
        if head.isInterim {
            guard head.status != 101 else { throw .malformed("the status") }
            try passOver("an interim response")
            state = .head(searched: 0)
            return .going
        }
        switch head.framing {
        case .length(let length):
            guard length <= maximumBodyBytes else { throw .tooLarge }
            // A body that is here already is kept as it is; only one that comes in parts needs room of its own.
            if length > unread.readableBytes { body.reserveCapacity(length) }
            state = .body(head, remaining: length)
        case .chunked: state = .chunkSize(head)
        case .untilClose: state = .untilClose(head)
        }
        return .going
    }

    /// Counts something that is read and not used.
    private mutating func passOver(_ what: String) throws(Failure) {
        passedOver += 1
        guard passedOver <= Self.maximumPassedOver else { throw .malformed("\(what) too many") }
    }

    /// Moves up to `limit` bytes into the body; how many of them are still to come.
    private mutating func takeBody(_ limit: Int) -> Int {
        guard let part = unread.readSlice(length: min(limit, unread.readableBytes)) else { return limit }
        if body.capacity == 0 { body = part } else { body.writeImmutableBuffer(part) }
        return limit - part.readableBytes
    }

    /// Takes a line without its end; nil when the end has not come.
    private mutating func takeLine(_ limit: Int) throws(Failure) -> ByteBuffer? {
        let available = unread.readableBytesView
        guard let end = available.prefix(limit).firstIndex(of: UInt8(ascii: "\n")) else {
            guard available.count < limit else { throw .malformed("the length of a line") }
            return nil
        }
        guard end > available.startIndex, available[end - 1] == UInt8(ascii: "\r") else {
            throw .malformed("the end of a line")
        }
        let line = unread.readSlice(length: end - 1 - available.startIndex)
        unread.moveReaderIndex(forwardBy: 2)
        return line
    }

    /// Where the empty line begins that ends a head.
    private static func emptyLine(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start + 3
        while index < bytes.count {
            // The byte tells how far the next possible end is: most steps skip four bytes.
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

    /// RFC 9112, section 7.1: hexadecimal digits, then perhaps extensions behind a semicolon.
    private static func chunkSize(_ line: Span<UInt8>) throws(Failure) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = hexadecimalDigit(line[index]) {
            guard index < 15 else { throw .malformed("the size of a chunk") }
            size = size << 4 | digit
            index += 1
        }
        guard index > 0, index == line.count || line[index] == UInt8(ascii: ";") else {
            throw .malformed("the size of a chunk")
        }
        return size
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte | 0x20) - 0x57
        default: nil
        }
    }
}
