import Foundation
import HTTPTypes
import Hummingbird
import LoadShedding
import LocalAPIGateway
import LocalLambda
import NIOCore
import NIOPosix
import ServerlessTemplate
import Testing

/// A gateway with a function that echoes the request's body or behaves as its path says.
@Suite
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
        bodies: BodyBudget = BodyBudget(),
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
            bodies: bodies
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
        _ method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) -> Request {
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        return Request(head: head, body: .init(buffer: body))
    }

    @Test
    func `a request that may not wait is rejected with 503 and Retry-After`() async throws {
        var limits = LambdaLimits()
        limits.concurrency = 1
        limits.waitingOfOneFunction = 0
        limits.waitingInvocations = 0
        try await Self.withGateway(timeout: 1, limits: limits) { gateway in
            async let first = gateway.respond(to: Self.request("/do/hang"))
            async let second = gateway.respond(to: Self.request("/do/hang"))
            let responses = await [first, second]
            #expect(responses.map(\.status.code) == [503, 503])
            // The other one times out. A retry would not help there, so that the response has no Retry-After.
            #expect(Set(responses.map { $0.headers[.retryAfter] }) == ["1", nil])
        }
    }

    @Test
    func `a request that ends its connection is rejected at the rate of connections`() async throws {
        var limits = LambdaLimits()
        limits.concurrency = 1
        limits.waitingOfOneFunction = 0
        limits.waitingInvocations = 0
        try await Self.withGateway(limits: limits) { gateway in
            @Sendable func turn(_ fields: HTTPFields = [:]) -> NIODeadline? {
                let admission = gateway.admission(Self.request("/do/echo", headers: fields).head)
                guard case .refused(let turn) = admission else { return nil }
                return turn
            }
            try await Self.loop.submit {
                guard case .admitted(let place?) = gateway.admission(Self.request("/do/echo").head) else {
                    Issue.record("the first request was rejected")
                    return
                }
                place.take()
                // Far ahead of the clock, rejections follow each other at the interval.
                for _ in 0..<1_000 { _ = turn() }
                let turns = try [turn(), turn([.connection: "close"]), turn()].map { try #require($0) }
                #expect(turns[1] - turns[0] == (turns[2] - turns[1]) * 3)
                place.leave()
            }.get()
        }
    }

    @Test
    func `a large body that exceeds the memory budget is rejected with 503 and Retry-After`() async throws {
        try await Self.withGateway(bodies: BodyBudget(bytes: 0)) { gateway in
            let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 100_000)
            let response = await gateway.respond(to: Self.request("/do/echo", .post, body: body))
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "1")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.connection] == "close")
            let small = ByteBuffer(string: "x")
            #expect(await gateway.respond(to: Self.request("/do/echo", .post, body: small)).status == .ok)
        }
    }

    @Test(arguments: [
        ("/do/echo", 200), ("/do/empty", 204), ("/do/exit", 500), ("/do/error", 500), ("/do/garbage", 500),
        ("/do/hang", 503),
        ("/do", 404), ("/do/a/b", 404), ("/other", 404),
    ])
    func `a response has the status that API Gateway uses`(path: String, status: Int) async throws {
        try await Self.withGateway(timeout: path == "/do/hang" ? 1 : 60) { gateway in
            let response = await gateway.respond(to: Self.request(path))
            #expect(response.status.code == status)
            #expect(response.headers[.accessControlAllowOrigin] != nil)
        }
    }

    @Test
    func `a body larger than API Gateway's or Lambda's limit is rejected with 413`() async throws {
        try await Self.withGateway { gateway in
            for size in [
                LambdaLimits.maximumPayloadSize, LocalAPIGateway.maximumBodySize, LocalAPIGateway.maximumBodySize + 1,
            ] {
                let body = ByteBuffer(repeating: UInt8(ascii: "a"), count: size)
                let request = Self.request("/do/echo", .post, headers: [.contentType: "text/plain"], body: body)
                #expect(await gateway.respond(to: request).status == .contentTooLarge)
            }
            let announced = Self.request(
                "/do/echo",
                .post,
                headers: [.contentLength: "\(LocalAPIGateway.maximumBodySize + 1)"]
            )
            #expect(await gateway.respond(to: announced).status == .contentTooLarge)
        }
    }

    @Test
    func `a HEAD response has the headers of GET and no body`() async throws {
        try await Self.withGateway { gateway in
            let response = await gateway.respond(to: Self.request("/do/echo", .head))
            #expect(response.headers[.contentLength] == "4")
            #expect(response.body.contentLength == 0)
        }
    }

    @Test
    func `the template determines the response to a preflight, without an invocation`() async throws {
        try await Self.withGateway { gateway in
            let headers: HTTPFields = [.origin: "https://a.example", .accessControlRequestMethod: "POST"]
            let response = await gateway.respond(to: Self.request("/do/exit", .options, headers: headers))
            #expect(response.status == .noContent)
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.accessControlAllowMethods] == "GET,POST")
            #expect(response.headers[.accessControlAllowHeaders] == "content-type")
            #expect(response.headers[.accessControlMaxAge] == "60")
            #expect(response.headers[.contentLength] == nil)
        }
    }

    @Test
    func `CORS headers are the template's for a request with an origin, else the function's`() async throws {
        try await Self.withGateway { gateway in
            let cross = await gateway.respond(to: Self.request("/do/echo", headers: [.origin: "https://a.example"]))
            #expect(cross.headers[.accessControlAllowOrigin] == "*")
            #expect(cross.headers[.accessControlExposeHeaders] == "link")
            let plain = await gateway.respond(to: Self.request("/do/echo"))
            #expect(plain.headers[.accessControlAllowOrigin] == "https://own.example")
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
            let response = await gateway.respond(to: Self.request("/do/echo", headers: [.origin: origin]))
            #expect(response.headers[.accessControlAllowOrigin] == allowed)
            #expect(response.headers[.vary] == allowed.map { _ in "Origin" })
            let headers: HTTPFields = [.origin: origin, .accessControlRequestMethod: "GET"]
            let preflight = await gateway.respond(to: Self.request("/do/echo", .options, headers: headers))
            #expect(preflight.status == .noContent)
            #expect(preflight.headers[.accessControlAllowOrigin] == allowed)
            #expect(preflight.headers[.vary] == allowed.map { _ in "Origin" })
        }
    }

    @Test
    func `without a CORS configuration the function handles preflights and CORS headers`() async throws {
        try await Self.withGateway(cors: nil) { gateway in
            let headers: HTTPFields = [.origin: "https://a.example", .accessControlRequestMethod: "POST"]
            let response = await gateway.respond(to: Self.request("/do/echo", .options, headers: headers))
            #expect(response.status == .ok)
            #expect(response.headers[.accessControlAllowOrigin] == "https://own.example")
        }
    }
}
