import TaskExecutors
import HTTPConnection
import JSON
import LambdaRuntime
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@Suite
struct InvocationLoopTests {
    struct Handler: LambdaHandler {
        let body: @Sendable (LambdaEvent, LambdaContext) async throws -> [UInt8]

        func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
            try await body(event, context)
        }
    }

    struct Outcome {
        let reports: [FakeRuntimeAPI.Report]
        let connections: Int
        let error: RuntimeAPIError?
    }

    /// Runs the loop until the fake API has no more steps.
    static func run(
        _ steps: [FakeRuntimeAPI.Step],
        reportStatus: Int = 202,
        now: @autoclosure @escaping @Sendable () -> Int64 = 0,
        begin: @escaping @Sendable (Invocation) -> Void = { _ in },
        _ body: @escaping @Sendable (LambdaEvent, LambdaContext) async throws -> [UInt8]
    ) async throws -> Outcome {
        let api = try await FakeRuntimeAPI(
            steps, reportStatus: .init(statusCode: reportStatus), on: MultiThreadedEventLoopGroup.singleton)
        let endpoint = try HTTPEndpoint(hostAndPort: api.address)
        // A thread of its own: the loop blocks it.
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
                hooks: RuntimeHooks(begin: begin, end: {}, now: now)
            )
            do throws(RuntimeAPIError) {
                try await loop.run()
            } catch {
                return error
            }
        }.value
        try await group.shutdownGracefully()
        try await api.close()
        return Outcome(reports: api.reports, connections: api.connections, error: failure)
    }

    static func text(_ event: LambdaEvent) -> String {
        event.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test
    func `invocations are answered in their order over one connection`() async throws {
        let outcome = try await Self.run([.invocation(id: "1", body: "a"), .invocation(id: "2", body: "b")]) { event, _ in
            Array("<\(Self.text(event))>".utf8)
        }
        #expect(outcome.reports.map(\.path) == [
            "/2018-06-01/runtime/invocation/1/response", "/2018-06-01/runtime/invocation/2/response",
        ])
        #expect(outcome.reports.map(\.body) == ["<a>", "<b>"])
        #expect(outcome.connections == 1)
    }

    @Test
    func `the context holds all that Lambda says of the invocation`() async throws {
        let seen = NIOLockedValueBox<LambdaContext?>(nil)
        _ = try await Self.run([
            .invocation(id: "id", headers: [
                "Lambda-Runtime-Deadline-Ms": "60000", "Lambda-Runtime-Trace-Id": "Root=1-2-3",
                "Lambda-Runtime-Client-Context": #"{"client":{}}"#,
                "Lambda-Runtime-Cognito-Identity": #"{"cognitoIdentityId":"x"}"#, "Lambda-Runtime-Aws-Tenant-Id": "t",
            ])
        ], now: 50_000) { _, context in
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

    struct Broken: Error, CustomStringConvertible {
        let description = "it \"broke\""
    }

    @Test
    func `a thrown error is reported and the loop goes on`() async throws {
        let outcome = try await Self.run([.invocation(id: "1"), .invocation(id: "2")]) { _, context in
            if context.requestID == "1" { throw Broken() }
            return Array("ok".utf8)
        }
        let report = try #require(outcome.reports.first)
        #expect(report.path == "/2018-06-01/runtime/invocation/1/error")
        #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == ["Function.Broken"])
        #expect(try JSONValue(parsing: report.body) == [
            "errorType": "Broken", "errorMessage": #"it "broke""#, "stackTrace": [],
        ])
        #expect(outcome.reports.last?.body == "ok")
    }

    @Test
    func `a reply over 6 MB becomes an error that says so`() async throws {
        let outcome = try await Self.run([.invocation(id: "1"), .invocation(id: "2")]) { _, context in
            [UInt8](repeating: 0x20, count: 6_291_556 + (context.requestID == "1" ? 1 : 0))
        }
        let report = try #require(outcome.reports.first)
        #expect(report.path.hasSuffix("/invocation/1/error"))
        #expect(report.body.contains("6291557 bytes"))
        #expect(outcome.reports.last?.path.hasSuffix("/invocation/2/response") == true)
    }

    @Test
    func `a handler whose time is up is cancelled and can still reply`() async throws {
        let outcome = try await Self.run([.invocation(id: "1", headers: ["Lambda-Runtime-Deadline-Ms": "7"])], now: 7) { _, _ in
            let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
            await withTaskCancellationHandler {
                for await _ in cancelled {}
            } onCancel: {
                continuation.finish()
            }
            return Array("too late".utf8)
        }
        #expect(outcome.reports.map(\.body) == ["too late"])
    }

    /// An hour back: the deadline is believed, so that the function would go on for an hour, and the service ends it in
    /// time. An hour ahead: the time is up already.
    @Test(arguments: [(set: -3_600_000 as Int64, left: 3_610_000 as Int64), (set: 3_600_000, left: -3_590_000)])
    func `a clock that is set before an invocation is read moves its deadline as far`(
        set: Int64, left: Int64
    ) async throws {
        let seen = NIOLockedValueBox<(deadline: Duration, work: Duration)?>(nil)
        let given: Int64 = 1_000_000_000
        let deadline = HTTPHeaders([("Lambda-Runtime-Deadline-Ms", "\(given + 10_000)")])
        let outcome = try await Self.run([.invocation(id: "1", headers: deadline)], now: given + set) { _, context in
            let now = ContinuousClock.now
            seen.withLockedValue { $0 = (now.duration(to: context.deadline), now.duration(to: context.handlerDeadline)) }
            return Array("ok".utf8)
        }
        let found = try #require(seen.withLockedValue { $0 })
        #expect(found.deadline <= .milliseconds(left))
        #expect(found.deadline > .milliseconds(left) - .seconds(60), "but for the time that the test took")
        #expect((found.work > .zero) == (left > 0))
        #expect(outcome.reports.map(\.body) == ["ok"])
    }

    @Test
    func `a clock that is set while an invocation is handled moves nothing`() async throws {
        let reads = NIOLockedValueBox(0)
        let clock: @Sendable () -> Int64 = { reads.withLockedValue { $0 += 1; return Int64($0) } }
        _ = try await Self.run([.invocation(id: "1")], now: clock()) { _, _ in [] }
        #expect(reads.withLockedValue { $0 } == 1, "the time of day is read once, when the invocation comes")
    }

    @Test
    func `a 5xx of the Runtime API ends the loop`() async throws {
        let outcome = try await Self.run([]) { _, _ in [] }
        #expect(outcome.error == .refused(status: 500))
        let refused = try await Self.run([.invocation(id: "1"), .invocation(id: "2")], reportStatus: 500) { _, _ in [] }
        #expect(refused.error == .refused(status: 500))
        #expect(refused.reports.count == 1)
    }

    @Test
    func `a report that is refused costs only its own invocation`() async throws {
        let outcome = try await Self.run([.invocation(id: "1"), .invocation(id: "2")], reportStatus: 413) { _, _ in [] }
        #expect(outcome.reports.count == 2)
        #expect(outcome.error == .refused(status: 500))
    }

    @Test
    func `a dropped connection is opened anew`() async throws {
        let outcome = try await Self.run([.invocation(id: "1"), .dropConnection, .invocation(id: "2")]) { _, _ in [] }
        #expect(outcome.reports.count == 2)
        #expect(outcome.connections == 2)
    }

    @Test(arguments: ["Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms"])
    func `an invocation without a header that each one has ends the loop by name`(missing: String) async throws {
        var headers = HTTPHeaders([("Lambda-Runtime-Aws-Request-Id", "1"), ("Lambda-Runtime-Deadline-Ms", "1")])
        headers.remove(name: missing)
        let outcome = try await Self.run([.headersOnly(headers)]) { _, _ in [] }
        #expect(outcome.error == .missingHeader(missing))
    }

    @Test
    func `a Runtime API that is gone ends the loop`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let api = try await FakeRuntimeAPI([], on: eventLoop)
        let endpoint = try HTTPEndpoint(hostAndPort: api.address)
        try await api.close()
        #expect {
            var gone = RuntimeAPI(over: BlockingConnection(to: endpoint))
            _ = try gone.next()
        } throws: { error in
            guard case .unreachable? = error as? RuntimeAPIError else { return false }
            return "\(error)".hasPrefix("The Lambda Runtime API cannot be reached")
        }
    }

    @Test
    func `an error while starting is reported as an init error`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let api = try await FakeRuntimeAPI([], on: eventLoop)
        var runtimeAPI = RuntimeAPI(over: BlockingConnection(to: try HTTPEndpoint(hostAndPort: api.address)))
        try runtimeAPI.send(.initializationError(FunctionError(type: "EnvironmentVariableError", message: "TABLE_NAME is not set")))
        let report = try #require(api.reports.first)
        #expect(report.path == "/2018-06-01/runtime/init/error")
        #expect(report.headers["Lambda-Runtime-Function-Error-Type"] == ["Runtime.EnvironmentVariableError"])
        #expect(try JSONValue(parsing: report.body)["errorMessage"] == "TABLE_NAME is not set")
        try await api.close()
    }
}
