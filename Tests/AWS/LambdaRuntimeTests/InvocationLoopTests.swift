import Foundation
import HTTPConnection
import HTTPMessage
import JSON
import LambdaRuntime
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import ScriptedServer
import TaskExecutors
import Testing

@Suite(.timeLimit(.minutes(1)))
struct InvocationLoopTests {
    struct Handler: LambdaHandler {
        let body: @Sendable (LambdaEvent, LambdaContext) async throws -> [UInt8]

        func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
            try await body(event, context)
        }
    }

    struct Run {
        let outcomes: [FakeRuntimeAPI.Outcome]
        let connections: Int
        let error: RuntimeAPIError?
    }

    /// Runs the loop until the fake Runtime API has no more steps.
    static func run(
        _ steps: [FakeRuntimeAPI.Step],
        outcomeStatus: Int = 202,
        now: @autoclosure @escaping @Sendable () -> Int64 = 0,
        begin: @escaping @Sendable (Invocation) -> Void = { _ in },
        _ body: @escaping @Sendable (LambdaEvent, LambdaContext) async throws -> [UInt8]
    ) async throws -> Run {
        let api = try await FakeRuntimeAPI(
            steps, outcomeStatus: .init(statusCode: outcomeStatus), on: MultiThreadedEventLoopGroup.singleton)
        let endpoint = try HTTPEndpoint(hostAndPort: api.address)
        // A separate thread, because the loop blocks it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let executor = EventLoopTaskExecutor(eventLoop)
        let failure = await Task(executorPreference: executor) { () -> RuntimeAPIError? in
            let loop = InvocationLoop(
                api: RuntimeAPI(over: BlockingConnection(to: endpoint)),
                handler: Handler(body: body),
                eventLoop: eventLoop,
                executor: executor,
                logger: Logger(label: "test") { _ in LambdaLogHandler(format: .text, level: .info, write: { _ in }) },
                hooks: RuntimeHooks(begin: begin, end: {}, now: now),
                initDuration: .milliseconds(7)
            )
            do throws(RuntimeAPIError) {
                try await loop.run()
            } catch {
                return error
            }
        }.value
        try await group.shutdownGracefully()
        try await api.close()
        return Run(outcomes: api.outcomes, connections: api.connections, error: failure)
    }

    static func text(_ event: LambdaEvent) -> String {
        event.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test
    func `invocations are handled in their order over one connection`() async throws {
        let run = try await Self.run([.invocation(id: "1", body: "a"), .invocation(id: "2", body: "b")]) { event, _ in
            Array("<\(Self.text(event))>".utf8)
        }
        #expect(
            run.outcomes.map(\.path) == [
                "/2018-06-01/runtime/invocation/1/response", "/2018-06-01/runtime/invocation/2/response",
            ])
        #expect(run.outcomes.map(\.body) == ["<a>", "<b>"])
        #expect(run.connections == 1)
    }

    @Test
    func `the context has the values of the invocation's headers`() async throws {
        let seen = NIOLockedValueBox<LambdaContext?>(nil)
        _ = try await Self.run(
            [
                .invocation(
                    id: "id",
                    headers: [
                        "Lambda-Runtime-Deadline-Ms": "60000", "Lambda-Runtime-Trace-Id": "Root=1-2-3",
                        "Lambda-Runtime-Client-Context": #"{"client":{}}"#,
                        "Lambda-Runtime-Cognito-Identity": #"{"cognitoIdentityId":"x"}"#,
                        "Lambda-Runtime-Aws-Tenant-Id": "t",
                    ])
            ], now: 50_000
        ) { _, context in
            seen.withLockedValue { $0 = context }
            return []
        }
        let context = try #require(seen.withLockedValue { $0 })
        #expect(context.requestID == "id")
        #expect(context.invokedFunctionARN == "arn:aws:lambda:eu-west-1:1:function:f")
        #expect(context.traceID == "Root=1-2-3")
        #expect(context.clientContext == #"{"client":{}}"#)
        #expect(context.cognitoIdentity == #"{"cognitoIdentityId":"x"}"#)
        #expect(context.tenantID == "t")
        #expect(context.handlerDeadline == context.deadline - .milliseconds(100))
        #expect(context.logger[metadataKey: "requestId"] == "id")
    }

    @Test
    func `only the first invocation has the duration of the init phase`() async throws {
        let seen = NIOLockedValueBox<[Duration?]>([])
        _ = try await Self.run([.invocation(id: "1"), .invocation(id: "2")]) { _, context in
            seen.withLockedValue { $0.append(context.initDuration) }
            return []
        }
        #expect(seen.withLockedValue { $0 } == [.milliseconds(7), nil])
    }

    @Test(arguments: [
        (left: 1_000, margin: 100), (left: 200, margin: 100), (left: 100, margin: 50), (left: 2, margin: 1),
    ])
    func `the handler's deadline is 100 ms before the invocation's, or halfway if less than 200 ms are left`(
        left: Int, margin: Int
    ) async throws {
        let seen = NIOLockedValueBox<Duration?>(nil)
        let headers = HTTPHeaders([("Lambda-Runtime-Deadline-Ms", "\(left)")])
        _ = try await Self.run([.invocation(id: "1", headers: headers)], now: 0) { _, context in
            seen.withLockedValue { $0 = context.handlerDeadline.duration(to: context.deadline) }
            return []
        }
        #expect(seen.withLockedValue { $0 } == .milliseconds(margin))
    }

    struct Broken: Error, CustomStringConvertible {
        let description = "it \"broke\""
    }

    @Test
    func `a thrown error is sent as the invocation's error, and the loop continues`() async throws {
        let run = try await Self.run([.invocation(id: "1"), .invocation(id: "2")]) { _, context in
            if context.requestID == "1" { throw Broken() }
            return Array("ok".utf8)
        }
        let outcome = try #require(run.outcomes.first)
        #expect(outcome.path == "/2018-06-01/runtime/invocation/1/error")
        #expect(outcome.headers["Lambda-Runtime-Function-Error-Type"] == ["Function.Broken"])
        #expect(
            try JSONValue(parsing: outcome.body) == [
                "errorType": "Broken", "errorMessage": #"it "broke""#, "stackTrace": [],
            ])
        #expect(run.outcomes.last?.body == "ok")
    }

    @Test
    func `a response of more than 6 MB becomes an error with its size`() async throws {
        let run = try await Self.run([.invocation(id: "1"), .invocation(id: "2")]) { _, context in
            [UInt8](repeating: 0x20, count: 6_291_556 + (context.requestID == "1" ? 1 : 0))
        }
        let outcome = try #require(run.outcomes.first)
        #expect(outcome.path.hasSuffix("/invocation/1/error"))
        #expect(outcome.body.contains("6291557 bytes"))
        #expect(run.outcomes.last?.path.hasSuffix("/invocation/2/response") == true)
    }

    @Test
    func `a handler is cancelled at its deadline and can still respond`() async throws {
        let run = try await Self.run([.invocation(id: "1", headers: ["Lambda-Runtime-Deadline-Ms": "7"])], now: 7) {
            _, _ in
            let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
            await withTaskCancellationHandler {
                for await _ in cancelled {}
            } onCancel: {
                continuation.finish()
            }
            return Array("too late".utf8)
        }
        #expect(run.outcomes.map(\.body) == ["too late"])
    }

    /// If the clock is set back an hour, the handler has an hour too much, unless Lambda terminates it. If it is set ahead
    /// an hour, the deadline has already passed.
    @Test(arguments: [(set: -3_600_000 as Int64, left: 3_610_000 as Int64), (set: 3_600_000, left: -3_590_000)])
    func `a wall clock that is set before the conversion of the deadline moves the deadline by as much`(
        set: Int64, left: Int64
    ) async throws {
        let seen = NIOLockedValueBox<(deadline: Duration, work: Duration)?>(nil)
        let given: Int64 = 1_000_000_000
        let deadline = HTTPHeaders([("Lambda-Runtime-Deadline-Ms", "\(given + 10_000)")])
        let run = try await Self.run([.invocation(id: "1", headers: deadline)], now: given + set) { _, context in
            let now = ContinuousClock.now
            seen.withLockedValue {
                $0 = (now.duration(to: context.deadline), now.duration(to: context.handlerDeadline))
            }
            return Array("ok".utf8)
        }
        let found = try #require(seen.withLockedValue { $0 })
        #expect(found.deadline <= .milliseconds(left))
        #expect(found.deadline > .milliseconds(left) - .seconds(60), "the test itself takes some time")
        #expect((found.work > .zero) == (left > 0))
        #expect(run.outcomes.map(\.body) == ["ok"])
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max], [Int64.min, 0, 1_593_999_964_000, .max])
    func `every 64-bit deadline is accepted`(deadline: Int64, now: Int64) async throws {
        let headers = HTTPHeaders([("Lambda-Runtime-Deadline-Ms", "\(deadline)")])
        let run = try await Self.run([.invocation(id: "1", headers: headers)], now: now) { _, context in
            #expect((context.deadline > .now) == (deadline > now))
            return Array("ok".utf8)
        }
        #expect(run.outcomes.map(\.body) == ["ok"])
    }

    @Test
    func `the wall clock is read once per invocation, so that setting it later does not move the deadline`()
        async throws
    {
        let reads = NIOLockedValueBox(0)
        let clock: @Sendable () -> Int64 = {
            reads.withLockedValue {
                $0 += 1; return Int64($0)
            }
        }
        _ = try await Self.run([.invocation(id: "1")], now: clock()) { _, _ in [] }
        #expect(reads.withLockedValue { $0 } == 1)
    }

    @Test
    func `a 5xx from the Runtime API ends the loop`() async throws {
        let run = try await Self.run([]) { _, _ in [] }
        #expect(run.error == .unexpectedStatus(500))
        let rejected = try await Self.run([.invocation(id: "1"), .invocation(id: "2")], outcomeStatus: 500) { _, _ in []
        }
        #expect(rejected.error == .unexpectedStatus(500))
        #expect(rejected.outcomes.count == 1)
    }

    @Test
    func `a rejected outcome affects only its own invocation`() async throws {
        let run = try await Self.run([.invocation(id: "1"), .invocation(id: "2")], outcomeStatus: 413) { _, _ in [] }
        #expect(run.outcomes.count == 2)
        #expect(run.error == .unexpectedStatus(500))
    }

    @Test
    func `a dropped connection is replaced`() async throws {
        let run = try await Self.run([.invocation(id: "1"), .dropConnection, .invocation(id: "2")]) { _, _ in [] }
        #expect(run.outcomes.count == 2)
        #expect(run.connections == 2)
    }

    @Test(arguments: ["Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms"])
    func `an invocation without a required header ends the loop with an error that has its name`(missing: String)
        async throws
    {
        var headers = HTTPHeaders([("Lambda-Runtime-Aws-Request-Id", "1"), ("Lambda-Runtime-Deadline-Ms", "1")])
        headers.remove(name: missing)
        let run = try await Self.run([.headersOnly(headers)]) { _, _ in [] }
        #expect(run.error == .missingHeader(missing))
    }

    @Test(arguments: ["Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms"])
    func `an empty required header counts as missing`(empty: String) async throws {
        var headers = HTTPHeaders([("Lambda-Runtime-Aws-Request-Id", "1"), ("Lambda-Runtime-Deadline-Ms", "1")])
        headers.replaceOrAdd(name: empty, value: "")
        let run = try await Self.run([.headersOnly(headers)]) { _, _ in [] }
        #expect(run.error == .missingHeader(empty))
    }

    @Test
    func `a connection with bytes after the response is replaced`() async throws {
        func invocation(_ id: String) -> String {
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(id)\r\nLambda-Runtime-Deadline-Ms: 1\r\n"
                + "Content-Length: 2\r\n\r\n{}"
        }
        let scripts: [[ScriptedServer.Step]] = [
            [
                .awaitRequest, .send(invocation("1") + invocation("forged")),
                .awaitRequest, .send(invocation("over the same connection")),
            ],
            [.awaitRequest, .send(invocation("2"))],
        ]
        try await ScriptedServer.run(scripts) { server in
            var api = RuntimeAPI(
                over: BlockingConnection(to: try HTTPEndpoint(hostAndPort: "127.0.0.1:\(server.port)")))
            let ids = [try api.next().requestID, try api.next().requestID]
            #expect(ids == ["1", "2"])
            #expect(server.connections == 2)
        }
    }

    @Test
    func `the environment has the trace id of the current invocation only`() async throws {
        let first = try Invocation(
            headers: [
                "Lambda-Runtime-Aws-Request-Id": "1", "Lambda-Runtime-Deadline-Ms": "1",
                "Lambda-Runtime-Trace-Id": "Root=1-2-3",
            ], body: ByteBuffer())
        let second = try Invocation(
            headers: ["Lambda-Runtime-Aws-Request-Id": "2", "Lambda-Runtime-Deadline-Ms": "1"], body: ByteBuffer())
        var seen: [String?] = []
        for invocation in [first, second] {
            RuntimeHooks.process.begin(invocation)
            seen.append(getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) })
            RuntimeHooks.process.end()
        }
        #expect(seen == ["Root=1-2-3", nil])
    }

    @Test
    func `an unreachable Runtime API is an error`() throws {
        // The system never assigns port 9 to a server of another test, as it may assign the port of a closed one.
        let endpoint = try HTTPEndpoint(hostAndPort: "127.0.0.1:9")
        #expect {
            var gone = RuntimeAPI(over: BlockingConnection(to: endpoint))
            _ = try gone.next()
        } throws: { error in
            guard case .connection? = error as? RuntimeAPIError else { return false }
            return "\(error)".hasPrefix("The connection to the Lambda Runtime API failed")
        }
    }

    @Test
    func `an error of the init phase is sent as an init error`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let api = try await FakeRuntimeAPI([], on: eventLoop)
        var runtimeAPI = RuntimeAPI(over: BlockingConnection(to: try HTTPEndpoint(hostAndPort: api.address)))
        try runtimeAPI.send(
            initializationError: FunctionError(type: "EnvironmentVariableError", message: "TABLE_NAME is not set"))
        let outcome = try #require(api.outcomes.first)
        #expect(outcome.path == "/2018-06-01/runtime/init/error")
        #expect(outcome.headers["Lambda-Runtime-Function-Error-Type"] == ["Runtime.EnvironmentVariableError"])
        #expect(try JSONValue(parsing: outcome.body)["errorMessage"] == "TABLE_NAME is not set")
        try await api.close()
    }
}
