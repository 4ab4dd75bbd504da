import DynamoDB
import HTTPConnection
import Logging
import NIOCore
import Synchronization

/// Time that passes only when it is told to, and jitter that is always the same.
final class FakeSurroundings: Sendable {
    private struct State {
        var now = ContinuousClock.now
        var wallClock = 1_440_938_160
        var pauses: [Duration] = []
    }

    private let state = Mutex(State())
    private let jitter: Double

    init(jitter: Double = 0.5) { self.jitter = jitter }

    var now: ContinuousClock.Instant { state.withLock { $0.now } }
    /// The pauses that were taken.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }

    var dependencies: ClientDependencies {
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

/// A connection that gives the answers it was told to, in order, and remembers what it was asked.
final class FakeConnection: HTTPRequestSending {
    typealias Answer = Result<HTTPResponse, HTTPConnectionError>

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var timeouts: [Duration?] = []
    }

    private let state: Mutex<State>
    private let beforeAnswer: @Sendable (_ timeout: Duration?, Answer) -> Void

    init(_ answers: [Answer], beforeAnswer: @escaping @Sendable (Duration?, Answer) -> Void = { _, _ in }) {
        state = Mutex(State(answers: answers))
        self.beforeAnswer = beforeAnswer
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var timeouts: [Duration?] { state.withLock { $0.timeouts } }

    func open(waitingAtMost limit: Duration) async throws(HTTPConnectionError) {}

    func close() async {}

    func send(_ request: HTTPRequest, timeout: Duration?) async throws(HTTPConnectionError) -> HTTPResponse {
        let answer = state.withLock { state -> Answer in
            state.requests.append(request)
            state.timeouts.append(timeout)
            return state.answers.isEmpty
                ? .failure(HTTPConnectionError(.cancelled, "nothing more was expected")) : state.answers.removeFirst()
        }
        beforeAnswer(timeout, answer)
        return try answer.get()
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPConnectionError {
    static func ok(_ body: String = "{}", headers: HTTPHeaderFields = [:]) -> Self {
        .success(HTTPResponse(status: 200, headers: headers, body: ByteBuffer(string: body)))
    }

    static func refused(_ type: String, status: Int = 400, headers: HTTPHeaderFields = [:]) -> Self {
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
    /// A client of the given connections, in dependencies of its own.
    static func fake(
        _ connection: FakeConnection,
        in dependencies: FakeSurroundings = FakeSurroundings(),
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
            dependencies: dependencies.dependencies
        ) { connection }
    }
}

extension HTTPHeaderFields {
    /// Every value under `name`, in any case.
    subscript(name: String) -> [String] {
        filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}
