import Foundation
import HTTPMessage
import HTTPServer
import LocalAPIGateway
import LocalLambda
import NIOCore
import NIOPosix
import ServerlessTemplate
import Testing

/// A gateway with a function that echoes the request's body or behaves as its path says.
@Suite(.timeLimit(.minutes(2)))
struct LocalAPIGatewayTests {
    static let routes = [Route(method: "ANY", path: "/do/{what}", functionID: "Fake")]
    static let cors = CORSConfiguration(
        allowOrigins: ["*"],
        allowMethods: ["GET", "POST"],
        allowHeaders: ["content-type"],
        exposeHeaders: ["link"],
        maxAge: 60
    )

    static let loop = MultiThreadedEventLoopGroup.singleton.next()

    static let program = """
        #!/usr/bin/python3
        import http.client, json, os, time
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None):
            api.request(method, "/2018-06-01/runtime/" + path, body)
            response = api.getresponse()
            return response, response.read()
        while True:
            response, event = call("GET", "invocation/next")
            event = json.loads(event)
            what = event["pathParameters"]["what"]
            if what == "exit": os._exit(1)
            if what == "hang": time.sleep(10000)
            kind = "error" if what == "error" else "response"
            body = "garbage" if what == "garbage" else json.dumps({
                "statusCode": 204 if what == "empty" else 200,
                "headers": {"content-type": "text/plain", "access-control-allow-origin": "https://own.example"},
                "body": event.get("body", "none")})
            call("POST", f"invocation/{response.headers['Lambda-Runtime-Aws-Request-Id']}/{kind}", body)
        """

    /// Runs a gateway with the function and calls `body` with it.
    static func withGateway(
        cors: CORSConfiguration? = cors,
        timeout: Int = 60,
        limits: LambdaLimits = LambdaLimits(),
        throttle: Throttle? = nil,
        _ body: (LocalAPIGateway) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(program.utf8).write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: file.path(percentEncoded: false)
        )
        let function = LocalFunction(
            name: "fake-function",
            handler: "f",
            executable: file.path(percentEncoded: false),
            timeout: timeout
        )
        var limits = limits
        limits.initTimeout = .seconds(60)
        let lambda = LocalLambda([function], limits: limits, eventLoop: Self.loop, log: { _ in })
        let gateway = LocalAPIGateway(
            routes: routes,
            cors: cors,
            functionNames: ["Fake": "fake-function"],
            lambda: lambda,
            throttle: throttle
        )
        await lambda.start(endpoints: [:])
        do {
            try await body(gateway)
        } catch {
            await lambda.shutDown()
            throw error
        }
        await lambda.shutDown()
        try? FileManager.default.removeItem(at: file)
    }

    static func request(
        _ path: String,
        _ method: String = "GET",
        headers: HTTPHeaderFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) -> Request {
        Request(method: method, target: path, host: "localhost", headers: headers, body: body)
    }

    /// The response to a request that is rejected as soon as its head has arrived; nil if it is admitted.
    static func rejection(of request: Request, by gateway: LocalAPIGateway) async throws -> HTTPResponse? {
        let decision = try await loop.submit { gateway.decide(on: request) }.get()
        return if case .reject(let response, _) = decision { response } else { nil }
    }

    @Test
    func `a request that would wait too long is rejected with 503 and Retry-After`() async throws {
        var limits = LambdaLimits()
        limits.concurrency = 1
        limits.maximumExpectedWait = .zero
        try await Self.withGateway(timeout: 1, limits: limits) { gateway in
            let (first, second) = (
                gateway.respond(to: Self.request("/do/hang")), gateway.respond(to: Self.request("/do/hang"))
            )
            let rejection = try #require(try await Self.rejection(of: Self.request("/do/hang"), by: gateway))
            let preflight = Self.request(
                "/do/hang", "OPTIONS", headers: ["Origin": "https://a.example", "Access-Control-Request-Method": "GET"])
            #expect(try await Self.rejection(of: preflight, by: gateway) == nil)
            let responses = [try await first.get(), try await second.get(), rejection]
            #expect(responses.map(\.status) == [503, 503, 503])
            #expect(responses.allSatisfy { $0.headers["Access-Control-Allow-Origin"] == "*" })
            // The first one times out. Retrying would not help, so its response has no Retry-After.
            #expect(responses.map { $0.headers["Retry-After"] } == [nil, "1", "1"])
        }
    }

    @Test
    func `requests beyond the throttle are rejected with 429`() async throws {
        try await Self.withGateway(throttle: Throttle(rate: 0.001, burst: 2)) { gateway in
            for _ in 0..<2 { #expect(try await Self.rejection(of: Self.request("/do/echo"), by: gateway) == nil) }
            let request = Self.request("/do/echo", headers: ["Origin": "https://a.example"])
            let response = try #require(try await Self.rejection(of: request, by: gateway))
            #expect(response.status == 429)
            #expect(String(buffer: response.body) == #"{"message":"Too Many Requests"}"#)
            #expect(response.headers["Access-Control-Allow-Origin"] == "*")
        }
    }

    @Test
    func `a throttle admits its burst and then its rate`() {
        var throttle = Throttle(rate: 10, burst: 3)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        func admitted(after milliseconds: Int64) -> Int {
            (0..<10).count { _ in throttle.admitsRequest(at: start + .milliseconds(milliseconds)) }
        }
        #expect([0, 50, 100, 300, 100_000].map(admitted) == [3, 0, 1, 2, 3])
    }

    @Test(arguments: [
        (RequestRejection.tooManyBytes, 503), (.tooManyConnections, 503), (.bodyTooLarge, 413), (.malformed, 400),
        (.foreignHost, 403), (.headTooLarge, 431),
    ])
    func `a request that the server rejects gets API Gateway's error with CORS headers`(
        rejection: RequestRejection, status: Int
    ) async throws {
        try await Self.withGateway { gateway in
            let response = gateway.response(to: rejection, of: nil)
            #expect(response.status == status)
            #expect(response.headers["Access-Control-Allow-Origin"] == "*")
            #expect(response.headers["Retry-After"] == (status == 503 ? "1" : nil))
        }
    }

    @Test(arguments: [
        ("/do/echo", 200), ("/do/empty", 204), ("/do/exit", 500), ("/do/error", 500), ("/do/garbage", 500),
        ("/do/hang", 503),
        ("/do", 404), ("/do/a/b", 404), ("/other", 404),
    ])
    func `a response has the status that API Gateway uses`(path: String, status: Int) async throws {
        try await Self.withGateway(timeout: path == "/do/hang" ? 1 : 60) { gateway in
            let response = try await gateway.respond(to: Self.request(path)).get()
            #expect(response.status == status)
            #expect(response.headers["Access-Control-Allow-Origin"] != nil)
        }
    }

    @Test
    func `a body whose event exceeds Lambda's limit is rejected with 413`() async throws {
        try await Self.withGateway { gateway in
            let body = ByteBuffer(repeating: UInt8(ascii: "a"), count: LambdaLimits.maximumPayloadSize)
            let request = Self.request("/do/echo", "POST", headers: ["Content-Type": "text/plain"], body: body)
            let response = try await gateway.respond(to: request).get()
            #expect(response.status == 413)
        }
    }

    @Test
    func `the template determines the response to a preflight, without an invocation`() async throws {
        try await Self.withGateway { gateway in
            let headers: HTTPHeaderFields = ["Origin": "https://a.example", "Access-Control-Request-Method": "POST"]
            let response = try await gateway.respond(to: Self.request("/do/exit", "OPTIONS", headers: headers)).get()
            #expect(response.status == 204)
            #expect(response.headers["Access-Control-Allow-Origin"] == "*")
            #expect(response.headers["Access-Control-Allow-Methods"] == "GET,POST")
            #expect(response.headers["Access-Control-Allow-Headers"] == "content-type")
            #expect(response.headers["Access-Control-Max-Age"] == "60")
            #expect(response.headers["Content-Length"] == nil)
        }
    }

    @Test
    func `CORS headers are the template's for a request with an origin, else the function's`() async throws {
        try await Self.withGateway { gateway in
            let cross = try await gateway.respond(
                to: Self.request("/do/echo", headers: ["Origin": "https://a.example"])
            ).get()
            #expect(cross.headers["Access-Control-Allow-Origin"] == "*")
            #expect(cross.headers["Access-Control-Expose-Headers"] == "link")
            let plain = try await gateway.respond(to: Self.request("/do/echo")).get()
            #expect(plain.headers["Access-Control-Allow-Origin"] == "https://own.example")
        }
    }

    @Test(arguments: [
        ("https://a.example", "https://a.example"), ("https://A.example", "https://A.example"),
        ("https://b.example", nil),
        ("https://a.example.evil", nil), ("null", nil),
    ])
    func `only an origin in the template is allowed`(origin: String, allowed: String?) async throws {
        let cors = CORSConfiguration(allowOrigins: ["https://a.example"], allowMethods: ["GET"])
        try await Self.withGateway(cors: cors) { gateway in
            let response = try await gateway.respond(to: Self.request("/do/echo", headers: ["Origin": origin])).get()
            #expect(response.headers["Access-Control-Allow-Origin"] == allowed)
            #expect(response.headers["Vary"] == allowed.map { _ in "Origin" })
            let headers: HTTPHeaderFields = ["Origin": origin, "Access-Control-Request-Method": "GET"]
            let preflight = try await gateway.respond(to: Self.request("/do/echo", "OPTIONS", headers: headers)).get()
            #expect(preflight.status == 204)
            #expect(preflight.headers["Access-Control-Allow-Origin"] == allowed)
            #expect(preflight.headers["Vary"] == allowed.map { _ in "Origin" })
        }
    }

    @Test
    func `without a CORS configuration the function handles preflights and CORS headers`() async throws {
        try await Self.withGateway(cors: nil) { gateway in
            let headers: HTTPHeaderFields = ["Origin": "https://a.example", "Access-Control-Request-Method": "POST"]
            let response = try await gateway.respond(to: Self.request("/do/echo", "OPTIONS", headers: headers)).get()
            #expect(response.status == 200)
            #expect(response.headers["Access-Control-Allow-Origin"] == "https://own.example")
        }
    }
}
