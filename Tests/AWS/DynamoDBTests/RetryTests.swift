import DynamoDB
import HTTPConnection
import HTTPMessage
import Testing

@Suite
struct RetryTests {
    private func failure(
        of client: DynamoDBClient,
        deadline: ContinuousClock.Instant? = nil
    ) async -> DynamoDBError? {
        do throws(DynamoDBError) {
            _ = try await client.send(.putItem, body: [], deadline: deadline)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        FakeConnection.Outcome.exception("InternalServerError", status: 500),
        .exception("ServiceUnavailable", status: 503), .exception("Whatever", status: 502),
        .exception("Whatever", status: 504), .exception("RequestTimeout"),
        .failed(.connectFailed, sent: false), .failed(.tls, sent: false), .failed(.timedOut),
        .failed(.closedBeforeResponse), .failed(.closedInResponse), .failed(.invalidResponse),
        .ok("{}", headers: ["x-amz-crc32": "1"]), .ok("{}", headers: ["x-amz-crc32": "x"]),
    ])
    func `transient failures are retried after a short random pause`(failure: FakeConnection.Outcome) async throws {
        let dependencies = FakeDependencies(jitter: 0.5)
        let client = try DynamoDBClient.fake(FakeConnection([failure, failure, .ok()]), dependencies: dependencies)
        _ = try await client.send(.putItem, body: [], deadline: nil)
        #expect(dependencies.pauses == [.milliseconds(12.5), .milliseconds(25)])
    }

    @Test(arguments: [
        "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "Throttling",
        "LimitExceededException", "TooManyRequestsException",
    ])
    func `throttled requests are retried after longer pauses`(type: String) async throws {
        let dependencies = FakeDependencies(jitter: 0.25)
        let connection = FakeConnection([.exception(type), .exception(type), .exception(type)])
        let client = try DynamoDBClient.fake(connection, dependencies: dependencies)
        let error = await failure(of: client)
        #expect(error?.exception?.isThrottling == true)
        #expect(error?.attempts == 3)
        #expect(dependencies.pauses == [.milliseconds(250), .milliseconds(500)])
    }

    @Test(arguments: [
        "ConditionalCheckFailedException", "ResourceNotFoundException", "ValidationException", "AccessDeniedException",
        "UnrecognizedClientException", "ExpiredTokenException", "SerializationException", "ResourceInUseException",
        "TransactionConflictException", "ItemCollectionSizeLimitExceededException", "NeverHeardOfException",
    ])
    func `other exceptions are not retried`(type: String) async throws {
        let connection = FakeConnection([.exception(type)])
        let error = await failure(of: try .fake(connection))
        #expect(error?.exception?.code.name == type)
        #expect(error?.exception?.message == "no")
        #expect(error?.exception?.isThrottling == false)
        #expect(error?.attempts == 1)
    }

    @Test(arguments: [HTTPConnectionError.Kind.responseTooLarge, .invalidRequest])
    func `an oversized response and an invalid request are not retried`(kind: HTTPConnectionError.Kind) async throws {
        let connection = FakeConnection([.failed(kind)])
        #expect(await failure(of: try .fake(connection))?.attempts == 1)
    }

    @Test
    func `a stale connection is replaced without a pause and does not count as a failed attempt`() async throws {
        let dependencies = FakeDependencies()
        let stale = FakeConnection.Outcome.failed(.closedBeforeResponse, reused: true)
        let failing = FakeConnection.Outcome.exception("InternalServerError", status: 500)
        let client = try DynamoDBClient.fake(
            FakeConnection([stale, failing, failing, .ok()]), dependencies: dependencies)
        let response = try await client.send(.putItem, body: [], deadline: nil)
        #expect(response.attempts == 4)
        #expect(dependencies.pauses.count == 2)
    }

    @Test
    func `only requests that may have reached the service count as attempts`() async throws {
        let connection = FakeConnection([.failed(.connectFailed, sent: false), .failed(.timedOut), .ok()])
        let client = try DynamoDBClient.fake(connection)
        #expect(try await client.send(.putItem, body: [], deadline: nil).attempts == 2)
    }

    @Test(arguments: [
        ("x-amz-retry-after", "1500", Duration.milliseconds(1500)),
        ("x-amz-retry-after", "60000", .milliseconds(5012.5)),
        ("x-amz-retry-after", "1", .milliseconds(12.5)),
        ("x-amz-retry-after", "soon", .milliseconds(12.5)),
        ("Retry-After", "2", .seconds(2)),
    ])
    func `the pause that the service requests is honored within limits`(
        name: String,
        value: String,
        pause: Duration
    ) async throws {
        let dependencies = FakeDependencies(jitter: 0.5)
        let failing = FakeConnection.Outcome.exception("InternalServerError", status: 503, headers: [name: value])
        _ = try await DynamoDBClient.fake(FakeConnection([failing, .ok()]), dependencies: dependencies)
            .send(.putItem, body: [], deadline: nil)
        #expect(dependencies.pauses == [pause])
    }

    @Test
    func `backoff doubles up to a maximum`() {
        let policy = RetryPolicy()
        let pauses = (1...12).map {
            policy.pause(afterAttempt: $0, isThrottling: false, jitter: 1, requested: nil)
        }
        #expect(pauses.prefix(4) == [.milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(200)])
        #expect(pauses.last == .seconds(20))
        #expect(policy.pause(afterAttempt: 7, isThrottling: true, jitter: 1, requested: nil) == .seconds(20))
        #expect(policy.pause(afterAttempt: 3, isThrottling: true, jitter: 0, requested: nil) == .zero)
    }

    @Test
    func `there is no retry if less than 5 ms would be left after its pause`() async throws {
        let dependencies = FakeDependencies(jitter: 0.5)
        let connection = FakeConnection([.exception("ThrottlingException")])
        let client = try DynamoDBClient.fake(connection, dependencies: dependencies)
        let error = await failure(of: client, deadline: dependencies.now + .milliseconds(504))
        #expect(error?.exception?.isThrottling == true)
        #expect(dependencies.pauses.isEmpty)
        #expect(connection.requests.count == 1)
    }

    @Test
    func `nothing is sent after the deadline`() async throws {
        let dependencies = FakeDependencies()
        let connection = FakeConnection([])
        let client = try DynamoDBClient.fake(connection, dependencies: dependencies)
        #expect(await failure(of: client, deadline: dependencies.now) == DynamoDBError(.timedOut, attempts: 0))
        #expect(connection.requests.isEmpty)
    }

    @Test(arguments: [
        // The time left, and the timeouts of the attempts if each of them times out.
        (Duration.seconds(30), [Duration.seconds(2), .seconds(2), .seconds(2)]),
        (.seconds(3), [.milliseconds(1500), .milliseconds(750), .milliseconds(750)]),
        (.milliseconds(800), [.milliseconds(500), .milliseconds(300)]),
        (.milliseconds(400), [.milliseconds(400)]),
    ])
    func `an attempt leaves time for a retry, unless it is the last or has less than 500 ms`(
        left: Duration, timeouts: [Duration]
    ) async throws {
        let dependencies = FakeDependencies(jitter: 0)
        let connection = FakeConnection([.failed(.timedOut), .failed(.timedOut), .failed(.timedOut)]) { timeout, _ in
            dependencies.advance(by: timeout ?? .zero)
        }
        let client = try DynamoDBClient.fake(connection, dependencies: dependencies)
        let error = await failure(of: client, deadline: dependencies.now + left)
        #expect(error == DynamoDBError(.timedOut, attempts: timeouts.count))
        #expect(connection.timeouts == timeouts)
    }

    @Test
    func `retries stop when the quota is exhausted and resume after successes`() async throws {
        let failing = FakeConnection.Outcome.exception("InternalServerError", status: 500)
        // 500 tokens at 14 each pay for 35 retries: 17 requests of two retries, and one of one.
        let connection = FakeConnection(
            Array(repeating: failing, count: 17 * 3 + 2 + 1) + Array(repeating: .ok(), count: 4) + [failing, .ok()]
        )
        let client = try DynamoDBClient.fake(connection)
        for _ in 1...17 { #expect(await failure(of: client)?.attempts == 3) }
        #expect(await failure(of: client)?.attempts == 2)
        #expect(await failure(of: client)?.attempts == 1)
        // 10 tokens are left; four successes make them 14.
        for _ in 1...4 { #expect(await failure(of: client) == nil) }
        #expect(try await client.send(.putItem, body: [], deadline: nil).attempts == 2)
    }

    @Test
    func `a failed condition after a retry refunds the cost of the retry`() async throws {
        // The response to a successful write is lost, so its retry fails the condition. The quota pays for 35 retries.
        let lost: [FakeConnection.Outcome] = [
            .failed(.closedInResponse), .exception("ConditionalCheckFailedException"),
        ]
        let connection = FakeConnection(Array(repeating: lost, count: 100).flatMap { $0 })
        let client = try DynamoDBClient.fake(connection)
        for _ in 1...100 { #expect(await failure(of: client)?.attempts == 2) }
    }

    @Test
    func `a cancelled task does not retry`() async throws {
        let connection = FakeConnection([.exception("InternalServerError", status: 500)])
        let client = try DynamoDBClient.fake(connection)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure(of: client)
        }
        task.cancel()
        #expect(await task.value == DynamoDBError(.cancelled, attempts: 1))
    }
}
