import HTTPMessage
import HTTPServer
import NIOCore
import Testing

@Suite
struct ConnectionStateMachineTests {
    /// Drives a state machine whose responder admits bodies of up to 100,000 bytes. Decisions and actions are returned as
    /// short texts.
    final class Connection {
        var machine: ConnectionStateMachine
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        private let responder = Responder()
        var decision: RequestDecision {
            get { responder.decision }
            set { responder.decision = newValue }
        }

        private final class Responder {
            var decision = RequestDecision.admit(maximumBodySize: 100_000)
            var decided: [String] = []
        }

        init(bodies: BodyBudget = BodyBudget(), isServed: Bool = true) {
            var configuration = HTTPServer.Configuration()
            configuration.maximumHeadBytes = 1_000
            configuration.bodies = bodies
            machine = ConnectionStateMachine(configuration, isServed: isServed, at: now) { [responder] request in
                responder.decided.append("decide \(request.path)")
                return responder.decision
            }
        }

        func receive(_ text: String) -> [String] {
            machine.receive(ByteBuffer(string: text))
            return advance()
        }

        func advance() -> [String] {
            var texts: [String] = []
            while let action = machine.next(at: now) {
                texts += responder.decided
                responder.decided = []
                switch action {
                case .handle(let request): texts.append("handle \(request.path) \(request.body.readableBytes)")
                case .send(let response, let time):
                    texts.append("send \(response.status) in \((time - now).nanoseconds)")
                case .reject(let rejection, let request): texts.append("reject \(rejection) \(request?.path ?? "-")")
                case .write(let bytes): texts.append("write \(String(buffer: bytes).prefix(12))")
                case .closeOutput: texts.append("close output")
                case .close: texts.append("close")
                }
            }
            defer { responder.decided = [] }
            return texts + responder.decided
        }

        /// Responds and returns what is written, without line breaks.
        func respond(_ status: Int = 200, body: String = "abc", flushes: Bool = true) -> String? {
            let response = HTTPResponse(status: status, headers: ["A": "b"], body: ByteBuffer(string: body))
            defer { if flushes { machine.responseDidFlush(at: now) } }
            return machine.respond(response, date: "D", at: now).map { String(buffer: $0).filter { $0 != "\r\n" } }
        }

        func expire(after time: TimeAmount) -> Bool {
            now = now + time
            return machine.deadline <= now
        }
    }

    static func request(_ fields: String..., method: String = "POST", path: String = "/a", version: String = "1.1")
        -> String
    {
        "\(method) \(path) HTTP/\(version)\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
    }

    static let rejection = HTTPResponse(status: 503)

    // MARK: Requests

    @Test
    func `a request is decided on, received and handled, and the connection is kept alive`() {
        let connection = Connection()
        for _ in 0..<3 {
            #expect(connection.receive(Self.request("Content-Length: 5") + "ab") == ["decide /a"])
            #expect(connection.receive("cde") == ["handle /a 5"])
            #expect(connection.respond() == "HTTP/1.1 200 OKA: bContent-Length: 3Date: Dabc")
            #expect(connection.advance() == [])
        }
    }

    @Test
    func `pipelined requests are handled one after another, and nothing is read while one is buffered`() {
        let connection = Connection()
        let requests = Self.request(path: "/1") + Self.request(path: "/2")
        #expect(connection.receive(requests) == ["decide /1", "handle /1 0"])
        #expect(!connection.machine.wantsBytes)
        #expect(connection.respond() != nil)
        #expect(connection.advance() == ["decide /2", "handle /2 0"])
        #expect(connection.machine.wantsBytes)
    }

    @Test
    func `the next request waits until the response has been flushed`() {
        let connection = Connection()
        _ = connection.receive(Self.request(path: "/1") + Self.request(path: "/2"))
        _ = connection.respond(flushes: false)
        #expect(connection.advance() == [])
        #expect(!connection.machine.wantsBytes)
        connection.machine.responseDidFlush(at: connection.now)
        #expect(connection.advance() == ["decide /2", "handle /2 0"])
    }

    @Test(arguments: [
        ("GET", "1.1", "", 200, "HTTP/1.1 200 OKA: bContent-Length: 3Date: Dabc"),
        ("HEAD", "1.1", "", 200, "HTTP/1.1 200 OKA: bContent-Length: 3Date: D"),
        ("GET", "1.1", "", 204, "HTTP/1.1 204 No ContentA: bDate: D"),
        ("GET", "1.1", "", 304, "HTTP/1.1 304 Not ModifiedA: bDate: D"),
        ("GET", "1.1", "", 418, "HTTP/1.1 418 A: bContent-Length: 3Date: Dabc"),
        ("GET", "1.1", "close", 200, "HTTP/1.1 200 OKA: bContent-Length: 3Connection: closeDate: Dabc"),
        ("GET", "1.0", "", 200, "HTTP/1.1 200 OKA: bContent-Length: 3Connection: closeDate: Dabc"),
        ("GET", "1.0", "keep-alive", 200, "HTTP/1.1 200 OKA: bContent-Length: 3Connection: keep-aliveDate: Dabc"),
    ])
    func `a response depends on the method, the version, Connection and the status`(
        method: String, version: String, option: String, status: Int, text: String
    ) {
        let connection = Connection()
        _ = connection.receive(Self.request("Connection: \(option)", method: method, version: version))
        #expect(connection.respond(status) == text)
        #expect(connection.advance() == (text.contains("close") ? ["close output"] : []))
    }

    @Test
    func `a client that expects 100 Continue gets it once, unless its body has arrived or the request is rejected`() {
        let connection = Connection()
        let head = Self.request("Content-Length: 5", "Expect: 100-continue")
        #expect(connection.receive(head) == ["decide /a", "write HTTP/1.1 100"])
        #expect(connection.receive("ab") == [])
        #expect(connection.receive("cde") == ["handle /a 5"])
        _ = connection.respond()
        #expect(connection.receive(head + "abcde") == ["decide /a", "handle /a 5"])
        _ = connection.respond()
        connection.decision = .reject(Self.rejection, at: connection.now)
        #expect(connection.receive(head) == ["decide /a", "send 503 in 0"])
        #expect(connection.respond()?.contains("Connection: close") == true)
    }

    // MARK: Rejections

    @Test(arguments: [
        (request("Content-Length: 100001"), "bodyTooLarge /a"),
        (request("Content-Length: 99999999999999999999"), "bodyTooLarge /a"),
        (request("Content-Length: x"), "malformed -"), (request("Transfer-Encoding: chunked") + "x", "malformed /a"),
        (
            request("Transfer-Encoding: chunked") + "ffffff\r\n" + String(repeating: "a", count: 100_001),
            "bodyTooLarge /a"
        ),
        (request("X: " + String(repeating: "a", count: 1_000)), "headTooLarge -"),
        ("GET /a HTTP/1.1\r\nHost: evil\r\n\r\n", "foreignHost /a"),
    ])
    func `an invalid request closes the connection, and nothing after it is parsed`(
        text: String, rejection: String
    ) {
        let connection = Connection()
        // A chunk's size line is complete only with its line feed.
        let actions = connection.receive(text + (text.hasSuffix("x") ? "\r\n" : "") + Self.request(path: "/smuggled"))
        #expect(actions.last == "reject \(rejection)")
        #expect(connection.respond()?.contains("Connection: close") == true)
        #expect(connection.advance() == ["close output"])
        #expect(connection.receive(Self.request(path: "/smuggled")) == [])
        #expect(connection.expire(after: .seconds(1)))
    }

    @Test
    func `the body of a request that the responder rejects is dropped, and the connection is kept alive`() {
        let connection = Connection()
        connection.decision = .reject(Self.rejection, at: connection.now + .nanoseconds(7))
        let body = Self.request(path: "/smuggled")
        #expect(connection.receive(Self.request("Content-Length: \(body.utf8.count)")) == ["decide /a"])
        #expect(connection.receive(body) == ["send 503 in 7"])
        #expect(connection.respond()?.contains("Connection: close") == false)
        connection.decision = .admit(maximumBodySize: 0)
        #expect(connection.receive(Self.request(path: "/b")) == ["decide /b", "handle /b 0"])
    }

    @Test
    func
        `a request with a long body that the responder rejects gets its response at once, which closes the connection`()
    {
        let connection = Connection()
        connection.decision = .reject(Self.rejection, at: connection.now)
        #expect(connection.receive(Self.request("Content-Length: 10000000") + "abc") == ["decide /a", "send 503 in 0"])
        #expect(connection.respond()?.contains("Connection: close") == true)
    }

    @Test
    func `the first request of a connection beyond the limit is rejected, and the client has a second to send it`() {
        let connection = Connection(isServed: false)
        #expect(connection.expire(after: .seconds(1)))
        #expect(connection.receive(Self.request()) == ["reject tooManyConnections /a"])
        #expect(connection.respond(503)?.contains("Connection: close") == true)
    }

    @Test
    func `the responder can close the connection`() {
        let connection = Connection()
        connection.decision = .close
        #expect(connection.receive(Self.request()) == ["decide /a", "close"])
    }

    // MARK: Memory

    @Test
    func `bytes of a body are reserved until the response, except for the exempt ones`() {
        let bodies = BodyBudget(bytes: 10_000)
        let body = String(repeating: "a", count: BodyBudget.exemptBytes + 6_000)
        let (first, second) = (Connection(bodies: bodies), Connection(bodies: bodies))
        let head = Self.request("Content-Length: \(body.utf8.count)")
        #expect(first.receive(head + body).last == "handle /a \(body.utf8.count)")
        #expect(second.receive(head + body).last == "reject tooManyBytes /a")
        #expect(second.respond(503) != nil)
        #expect(first.respond() != nil)
        let third = Connection(bodies: bodies)
        #expect(third.receive(head + body.dropLast()) == ["decide /a"])
        third.machine.close()
        #expect(bodies.reserve(10_000))
    }

    // MARK: Time

    @Test
    func `bytes of an incomplete head do not extend the idle timeout`() {
        let connection = Connection()
        _ = connection.receive("GET")
        #expect(!connection.expire(after: .minutes(4)))
        _ = connection.receive(" / ")
        #expect(connection.expire(after: .minutes(1)))
    }

    @Test
    func `the client timeout of a body does not include the head and the handling`() {
        let connection = Connection()
        #expect(!connection.expire(after: .minutes(4)))
        _ = connection.receive(Self.request("Content-Length: 5"))
        #expect(!connection.expire(after: .seconds(29)))
        _ = connection.receive("abcde")
        #expect(!connection.expire(after: .hours(1)))
        _ = connection.respond()
        _ = connection.receive(Self.request("Content-Length: 5"))
        _ = connection.receive("abcd")
        #expect(connection.expire(after: .seconds(30)))
    }

    @Test
    func `a response must be flushed within the client timeout`() {
        let connection = Connection()
        _ = connection.receive(Self.request())
        _ = connection.respond(flushes: false)
        #expect(!connection.expire(after: .seconds(29)))
        #expect(connection.expire(after: .seconds(1)))
    }

    // MARK: Closing

    @Test
    func `a client that closes its side after the request gets its response`() {
        let connection = Connection()
        _ = connection.receive(Self.request())
        connection.machine.isInputClosed = true
        #expect(connection.advance() == [])
        #expect(connection.respond() != nil)
        #expect(connection.advance() == ["close"])
    }

    @Test(arguments: [([], ["close"]), (["Connection: close"], ["close output", "close"])])
    func `the connection closes after the response has been flushed`(fields: [String], actions: [String]) {
        let connection = Connection()
        _ = connection.receive("POST /a HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n")
        connection.machine.isInputClosed = true
        _ = connection.respond(flushes: false)
        #expect(!connection.expire(after: .seconds(29)))
        #expect(connection.advance() == [])
        connection.machine.responseDidFlush(at: connection.now)
        #expect(connection.advance() == actions)
    }

    @Test(arguments: [
        "", "GET", request("Content-Length: 5") + "abcd", request("Transfer-Encoding: chunked") + "2\r\n{}\r\n",
    ])
    func `a truncated request is not handled`(text: String) {
        let connection = Connection()
        _ = connection.receive(text)
        connection.machine.isInputClosed = true
        #expect(connection.advance() == ["close"])
        #expect(connection.respond() == nil)
    }

    @Test
    func `on shutdown idle connections close at once and others after their response`() {
        let (idle, busy) = (Connection(), Connection())
        idle.machine.isShuttingDown = true
        #expect(idle.advance() == ["close"])
        _ = busy.receive(Self.request())
        busy.machine.isShuttingDown = true
        #expect(busy.advance() == [])
        #expect(busy.respond()?.contains("Connection: close") == true)
        #expect(busy.advance() == ["close output"])
    }

    @Test
    func `a client that continues to send after the last response is disconnected`() {
        let connection = Connection()
        _ = connection.receive(Self.request("Connection: close"))
        _ = connection.respond()
        let megabyte = String(repeating: "a", count: 1 << 20)
        let actions = (0...64).map { _ in connection.receive(megabyte) }
        #expect(actions.first == ["close output"])
        #expect(actions.dropFirst().dropLast().allSatisfy { $0.isEmpty })
        #expect(actions.last == ["close"])
    }

    @Test
    func `nothing is written to a closed connection`() {
        let connection = Connection()
        _ = connection.receive(Self.request())
        connection.machine.close()
        #expect(connection.respond() == nil)
        #expect(connection.advance() == [])
    }
}
