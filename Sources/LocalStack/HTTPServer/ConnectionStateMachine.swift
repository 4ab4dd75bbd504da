package import HTTPConnection
package import NIOCore

/// The state of one connection of an ``HTTPServer``, without a socket, a timer or a clock.
///
/// After each event, call ``next(at:)`` until it returns nil, perform each action, and set the timer to ``deadline``.
///
/// | from | event | to |
/// |---|---|---|
/// | head | a head has arrived | body, responding if the body is not received, or closed if the responder decides so |
/// | body | the end of the body has arrived | responding |
/// | head, body | a malformed or too large part has arrived | responding |
/// | responding | `respond` | head, or closing if the connection is not kept alive |
/// | head, body, closing | the deadline, the end of the client's side | closed |
package struct ConnectionStateMachine {
    package struct Timeouts: Sendable {
        /// The time from one response to the end of the next request's head.
        package var idle = TimeAmount.minutes(5)
        /// The time that a client has to send a body, or to receive a response.
        package var client = TimeAmount.seconds(30)
        /// The time for which the server drops what arrives after the last response. If it closed the connection at once,
        /// a client that is still sending could lose the response (RFC 9112, section 9.6).
        package var lingering = TimeAmount.seconds(1)

        package init() {}
    }

    package enum Action {
        /// Call ``respond(_:date:at:)`` with the responder's response, now or later.
        case handle(Request)
        /// Call ``respond(_:date:at:)`` with this response at that time.
        case send(HTTPResponse, at: NIODeadline)
        /// Call ``respond(_:date:at:)`` with the responder's response to the rejection, or close the connection.
        case reject(RequestRejection, Request?)
        case write(ByteBuffer)
        /// Close the server's side.
        case closeOutput
        case close
    }

    private enum State {
        case head
        /// Receives a body of at most `limit` bytes. If there is a rejection already, the body is dropped.
        case body(limit: Int, rejection: Rejection?)
        case responding
        /// Everything that arrives is dropped.
        case closing(isOutputClosed: Bool)
        case closed
    }

    private typealias Rejection = (response: HTTPResponse, time: NIODeadline)

    /// The connection closes after the rejection of a request with a longer body.
    private static let maximumDroppedBytes = 1 << 20
    /// A client that sends more after the last response is disconnected before ``Timeouts/lingering`` has passed.
    private static let maximumLingeringBytes = 64 << 20

    private let timeouts: Timeouts
    private let bodies: BodyBudget
    private let decide: (Request) throws(RequestRejection) -> RequestDecision
    private var parser: RequestParser
    private var state = State.head
    private var framing = RequestParser.Framing(length: 0, isHTTP10: false, isKeepAlive: false, expectsContinue: false)
    /// The current request, from its head until its response.
    private var request: Request?
    private var body = ByteBuffer()
    /// The number of bytes of the body that have arrived, including dropped ones.
    private var received = 0
    /// The number of bytes reserved in ``bodies``.
    private var reserved = 0
    private var dropped = 0
    private var isInputClosed = false
    private var isShuttingDown = false
    private var stateDeadline: NIODeadline?
    private var writeDeadline: NIODeadline?

    /// - Parameters:
    ///   - idleUntil: When the head of the first request must have arrived.
    ///   - decide: Decides on a request when its head has arrived.
    package init(
        timeouts: Timeouts = Timeouts(),
        maximumHeadBytes: Int,
        bodies: BodyBudget,
        idleUntil: NIODeadline,
        decide: @escaping (Request) throws(RequestRejection) -> RequestDecision
    ) {
        self.timeouts = timeouts
        self.bodies = bodies
        self.decide = decide
        parser = RequestParser(maximumHeadBytes: maximumHeadBytes)
        stateDeadline = idleUntil
    }

    /// When ``timerDidExpire(at:)`` is due.
    package var deadline: NIODeadline {
        min(stateDeadline ?? .distantFuture, writeDeadline ?? .distantFuture)
    }

    /// Whether to read from the socket. While a request is in progress, at most one read of pipelined requests is buffered.
    package var wantsBytes: Bool {
        switch state {
        case .head: writeDeadline == nil || parser.unreadBytes == 0
        case .body, .closing: true
        case .responding: parser.unreadBytes == 0
        case .closed: false
        }
    }

    package var isClosed: Bool { if case .closed = state { true } else { false } }

    // MARK: Events

    package mutating func receive(_ bytes: ByteBuffer) {
        switch state {
        case .closing:
            dropped += bytes.readableBytes
            if dropped > Self.maximumLingeringBytes { isInputClosed = true }
        case .closed: break
        default: parser.append(bytes)
        }
    }

    package mutating func inputDidClose() { isInputClosed = true }

    /// The kernel has all bytes of the response.
    package mutating func responseDidFlush() { writeDeadline = nil }

    package mutating func timerDidExpire(at now: NIODeadline) {
        if deadline <= now { close() }
    }

    /// Closes the connection when no request is in progress.
    package mutating func shutDown() { isShuttingDown = true }

    package mutating func close() {
        release()
        stateDeadline = nil
        writeDeadline = nil
        state = .closed
    }

    /// Returns what to write; nil if the connection has closed.
    ///
    /// - Parameter date: The value of the `Date` header field.
    package mutating func respond(_ response: HTTPResponse, date: String, at now: NIODeadline) -> EncodedResponse? {
        guard case .responding = state else { return nil }
        let isHead = request?.method == "HEAD"
        release()
        let closes = !framing.isKeepAlive || isShuttingDown
        state = closes ? .closing(isOutputClosed: false) : .head
        stateDeadline = closes ? nil : now + timeouts.idle
        writeDeadline = now + timeouts.client
        let option = closes ? "close" : framing.isHTTP10 ? "keep-alive" : nil
        return EncodedResponse(response, isHead: isHead, date: date, connectionOption: option)
    }

    // MARK: Actions

    package mutating func next(at now: NIODeadline) -> Action? {
        while true {
            switch state {
            // The next request and the close wait for the last response. Closing a channel discards what it has not flushed.
            case .head where writeDeadline != nil, .closing where writeDeadline != nil: return nil
            case .head, .body:
                do {
                    guard let part = try parser.next() else { return waitForBytes() }
                    if let action = try handle(part, at: now) { return action }
                } catch {
                    framing.isKeepAlive = false
                    startResponding()
                    return .reject(error, request)
                }
            case .closing(isOutputClosed: false):
                state = .closing(isOutputClosed: true)
                stateDeadline = now + timeouts.lingering
                return .closeOutput
            case .closing where isInputClosed:
                close()
                return .close
            case .responding, .closing, .closed: return nil
            }
        }
    }

    private mutating func waitForBytes() -> Action? {
        let isBetweenRequests = if case .head = state { true } else { false }
        if isInputClosed || isShuttingDown && isBetweenRequests {
            close()
            return .close
        }
        if case .body = state, framing.expectsContinue {
            framing.expectsContinue = false
            return .write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        return nil
    }

    private mutating func handle(
        _ part: RequestParser.Part,
        at now: NIODeadline
    ) throws(RequestRejection) -> Action? {
        switch (part, state) {
        case (.head(let request, let framing), _):
            self.request = request
            self.framing = framing
            return try perform(decide(request), at: now)
        case (.body(let bytes), .body(let limit, let rejection)):
            received += bytes.readableBytes
            guard received <= limit else { throw .bodyTooLarge }
            if rejection == nil { try append(bytes) }
            return nil
        case (.end, .body(_, let rejection?)):
            startResponding()
            return .send(rejection.response, at: rejection.time)
        case (.end, _):
            guard var request else { return nil }
            request.body = body
            body = ByteBuffer()
            startResponding()
            return .handle(request)
        case (.body, _): return nil
        }
    }

    private mutating func perform(
        _ decision: RequestDecision,
        at now: NIODeadline
    ) throws(RequestRejection) -> Action? {
        stateDeadline = now + timeouts.client
        switch decision {
        case .admit(let limit):
            guard framing.length ?? 0 <= limit else { throw .bodyTooLarge }
            state = .body(limit: limit, rejection: nil)
            return nil
        case .reject(let response, let time):
            guard framing.expectsContinue || framing.length ?? 0 > Self.maximumDroppedBytes else {
                state = .body(limit: Self.maximumDroppedBytes, rejection: (response, time))
                return nil
            }
            framing.isKeepAlive = false
            startResponding()
            return .send(response, at: time)
        case .close:
            close()
            return .close
        }
    }

    private mutating func append(_ bytes: ByteBuffer) throws(RequestRejection) {
        let excess = received - BodyBudget.exemptBytes - reserved
        if excess > 0 {
            reserved += excess
            guard bodies.reserve(excess) else { throw .tooManyBytes }
        }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }

    private mutating func startResponding() {
        state = .responding
        stateDeadline = nil
    }

    private mutating func release() {
        bodies.release(reserved)
        (reserved, received) = (0, 0)
        (request, body) = (nil, ByteBuffer())
    }
}
