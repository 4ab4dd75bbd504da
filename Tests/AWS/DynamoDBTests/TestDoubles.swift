import DynamoDB
import HTTPConnection
import HTTPMessage
import Logging
import NIOCore
import Synchronization

/// A monotonic clock that only pauses and `advance(by:)` move, a wall clock that stands still, and constant jitter.
final class FakeDependencies: Sendable {
    private struct State {
        var now = ContinuousClock.now
        var wallClock = 1_440_938_160
        var pauses: [Duration] = []
    }

    private let state = Mutex(State())
    private let jitter: Double

    init(jitter: Double = 0.5) { self.jitter = jitter }

    var now: ContinuousClock.Instant { state.withLock { $0.now } }
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }

    var clientDependencies: ClientDependencies {
        ClientDependencies(
            now: { self.now },
            secondsSince1970: { self.state.withLock { $0.wallClock } },
            pause: { duration in
                try Task.checkCancellation()
                self.state.withLock {
                    $0.pauses.append(duration)
                    $0.now += duration
                }
            },
            jitter: { self.jitter }
        )
    }
}

/// A connection that returns the given outcomes in order and records the requests.
final class FakeConnection: HTTPConnectionProtocol {
    typealias Outcome = Result<HTTPResponse, HTTPConnectionError>

    private struct State {
        var outcomes: [Outcome]
        var requests: [HTTPRequest] = []
        var timeouts: [Duration?] = []
    }

    private let state: Mutex<State>
    private let beforeOutcome: @Sendable (_ timeout: Duration?, Outcome) -> Void

    init(_ outcomes: [Outcome], beforeOutcome: @escaping @Sendable (Duration?, Outcome) -> Void = { _, _ in }) {
        state = Mutex(State(outcomes: outcomes))
        self.beforeOutcome = beforeOutcome
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var timeouts: [Duration?] { state.withLock { $0.timeouts } }

    func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError) {}

    func close() async {}

    func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse {
        let outcome = state.withLock { state -> Outcome in
            state.requests.append(request)
            state.timeouts.append(timeout)
            return state.outcomes.isEmpty
                ? .failure(HTTPConnectionError(.cancelled, "unexpected request")) : state.outcomes.removeFirst()
        }
        beforeOutcome(timeout, outcome)
        return try outcome.get()
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPConnectionError {
    static func ok(_ body: String = "{}", headers: HTTPHeaderFields = [:]) -> Self {
        .success(HTTPResponse(status: 200, headers: headers, body: ByteBuffer(string: body)))
    }

    static func exception(_ type: String, status: Int = 400, headers: HTTPHeaderFields = [:]) -> Self {
        let body = #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(type)","message":"no"}"#
        return .success(
            HTTPResponse(
                status: status,
                headers: headers,
                body: ByteBuffer(string: body)
            )
        )
    }

    static func failed(_ kind: HTTPConnectionError.Kind, sent: Bool = true, reused: Bool = false) -> Self {
        .failure(HTTPConnectionError(kind, requestMayHaveBeenSent: sent, wasReusedConnection: reused))
    }
}

extension DynamoDBClient {
    static func fake(
        _ connection: FakeConnection,
        dependencies: FakeDependencies = FakeDependencies(),
        sessionToken: String? = nil,
        retry: RetryPolicy = RetryPolicy()
    ) throws -> DynamoDBClient {
        var configuration = try DynamoDBConfiguration(
            region: "us-east-1",
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: sessionToken
            )
        )
        configuration.retry = retry
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return DynamoDBClient(
            configuration: configuration,
            logger: logger,
            dependencies: dependencies.clientDependencies
        ) { connection }
    }
}

extension HTTPHeaderFields {
    /// All values of the fields named `name`, case-insensitively.
    subscript(name: String) -> [String] {
        filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}
