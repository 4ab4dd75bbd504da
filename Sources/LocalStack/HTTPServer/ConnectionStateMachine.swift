package import HTTPMessage
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
    package enum Action {
        /// Call ``respond(_:date:at:)`` with the responder's response, now or later.
        case handle(Request)
        /// Call ``respond(_:date:at:)`` with this response at that time.
        case send(HTTPResponse, at: NIODeadline)
        /// Call ``respond(_:date:at:)`` with the responder's response to the rejection, or close the connection.
        case reject(RequestRejection, Request?)
        case write(ByteBuffer)
        case closeOutput
        case close
    }

    private enum State {
        case head
        /// Receives a body of at most `limit` bytes. If there is a rejection already, the body is dropped.
        case body(limit: Int, rejection: Action?)
        case responding
        case closing(isOutputClosed: Bool)
        case closed
    }

    /// The connection closes after the rejection of a request with a longer body.
    private static let maximumDroppedBytes = 1 << 20
    /// A client that sends more after the last response is disconnected early.
    private static let maximumLingeringBytes = 64 << 20

    private let configuration: HTTPServer.Configuration
    private let isServed: Bool
    private let decide: (Request) -> RequestDecision
    private var parser: RequestParser
    private var state = State.head
    private var framing = RequestParser.Framing()
    /// The current request, from its head until its response.
    private var request: Request?
    /// The number of bytes of the body, or after the last response, that have arrived, including dropped ones.
    private var received = 0
    private var reserved = 0
    package var isInputClosed = false
    /// Whether to close the connection when no request is in progress.
    package var isShuttingDown = false
    /// Whether the kernel still lacks bytes of the last response.
    private var isFlushing = false
    /// When to close the connection.
    package private(set) var deadline: NIODeadline

    /// - Parameter isServed: Whether to handle requests; otherwise the first is rejected.
    package init(
        _ configuration: HTTPServer.Configuration, isServed: Bool = true, at now: NIODeadline,
        decide: @escaping (Request) -> RequestDecision
    ) {
        self.configuration = configuration
        self.isServed = isServed
        self.decide = decide
        parser = RequestParser(maximumHeadBytes: configuration.maximumHeadBytes)
        deadline = now + (isServed ? configuration.idleTimeout : configuration.lingeringTime)
    }

    /// Whether to read from the socket. While a request is in progress, at most one read of pipelined requests is buffered.
    package var wantsBytes: Bool {
        switch state {
        case .head where !isFlushing, .body, .closing: true
        case .head, .responding: parser.unread.readableBytes == 0
        case .closed: false
        }
    }

    package mutating func receive(_ bytes: ByteBuffer) {
        guard case .closing = state else { return parser.append(bytes) }
        received += bytes.readableBytes
        if received > Self.maximumLingeringBytes { isInputClosed = true }
    }

    package mutating func responseDidFlush(at now: NIODeadline) {
        isFlushing = false
        deadline = now + configuration.idleTimeout
    }

    @discardableResult
    package mutating func close() -> Action {
        release()
        (state, deadline) = (.closed, .distantFuture)
        return .close
    }

    /// Returns what to write, with `date` as the value of `Date`; nil if the connection has closed.
    package mutating func respond(_ response: HTTPResponse, date: String, at now: NIODeadline) -> ByteBuffer? {
        guard case .responding = state else { return nil }
        let isHead = request?.method == "HEAD"
        release()
        let closes = !framing.isKeepAlive || isShuttingDown
        state = closes ? .closing(isOutputClosed: false) : .head
        isFlushing = true
        deadline = now + configuration.clientTimeout
        let option = closes ? "close" : framing.isHTTP10 ? "keep-alive" : nil
        return response.encoded(isHead: isHead, date: date, connectionOption: option)
    }

    package mutating func next(at now: NIODeadline) -> Action? {
        // The next request and the close wait for the last response. Closing a channel discards what it has not flushed.
        while !isFlushing {
            do throws(RequestRejection) {
                switch state {
                case .head:
                    guard let (request, framing) = try parser.nextHead() else {
                        return isInputClosed || isShuttingDown ? close() : nil
                    }
                    (self.request, self.framing) = (request, framing)
                    deadline = now + configuration.clientTimeout
                    guard isServed else { throw .tooManyConnections }
                    guard request.isFor(configuration.hostNames) else { throw .foreignHost }
                    if let action = try perform(decide(request)) { return action }
                case .body(let limit, let rejection):
                    while let bytes = try parser.nextBody() { try receive(bytes, limit, isKept: rejection == nil) }
                    guard parser.isAtHead else { return waitForBody() }
                    return startResponding(rejection ?? request.map(Action.handle) ?? .close)
                case .closing(isOutputClosed: false):
                    state = .closing(isOutputClosed: true)
                    deadline = now + configuration.lingeringTime
                    return .closeOutput
                case .closing where isInputClosed: return close()
                case .responding, .closing, .closed: return nil
                }
            } catch {
                framing.isKeepAlive = false
                return startResponding(.reject(error, request))
            }
        }
        return nil
    }

    private mutating func waitForBody() -> Action? {
        if isInputClosed { return close() }
        guard framing.expectsContinue else { return nil }
        framing.expectsContinue = false
        return .write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
    }

    private mutating func perform(_ decision: RequestDecision) throws(RequestRejection) -> Action? {
        switch decision {
        case .admit(let limit):
            guard framing.length ?? 0 <= limit else { throw .bodyTooLarge }
            state = .body(limit: limit, rejection: nil)
        case .reject(let response, let time):
            let rejection = Action.send(response, at: time)
            if framing.expectsContinue || framing.length ?? 0 > Self.maximumDroppedBytes {
                framing.isKeepAlive = false
                return startResponding(rejection)
            }
            state = .body(limit: Self.maximumDroppedBytes, rejection: rejection)
        case .close: return close()
        }
        return nil
    }

    private mutating func receive(_ bytes: ByteBuffer, _ limit: Int, isKept: Bool) throws(RequestRejection) {
        received += bytes.readableBytes
        guard received <= limit else { throw .bodyTooLarge }
        guard isKept else { return }
        let excess = received - BodyBudget.exemptBytes - reserved
        if excess > 0 {
            reserved += excess
            guard configuration.bodies.reserve(excess) else { throw .tooManyBytes }
        }
        if received == bytes.readableBytes { request?.body = bytes } else { request?.body.writeImmutableBuffer(bytes) }
    }

    private mutating func startResponding(_ action: Action) -> Action {
        (state, deadline) = (.responding, .distantFuture)
        return action
    }

    private mutating func release() {
        configuration.bodies.release(reserved)
        (reserved, received, request) = (0, 0, nil)
    }
}
