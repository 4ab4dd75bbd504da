import DynamoDB
import HTTPConnection
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
        FakeConnection.Answer.refused("InternalServerError", status: 500),
        .refused("ServiceUnavailable", status: 503), .refused("Whatever", status: 502),
        .refused("Whatever", status: 504), .refused("RequestTimeout"),
        .failed(.connectFailed, sent: false), .failed(.tls, sent: false), .failed(.timedOut),
        .failed(.closedBeforeResponse), .failed(.closedInResponse), .failed(.invalidResponse),
        .ok("{}", headers: ["x-amz-crc32": "1"]), .ok("{}", headers: ["x-amz-crc32": "x"]),
    ])
    func `a fault is met with another attempt after a short random pause`(fault: FakeConnection.Answer) async throws {
        let dependencies = FakeSurroundings(jitter: 0.5)
        let client = try DynamoDBClient.fake(FakeConnection([fault, fault, .ok()]), in: dependencies)
        _ = try await client.send(.putItem, body: [], deadline: nil)
        #expect(dependencies.pauses == [.milliseconds(12.5), .milliseconds(25)])
    }

    @Test(arguments: [
        "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "Throttling",
        "LimitExceededException", "TooManyRequestsException",
    ])
    func `throttling is met with longer pauses`(type: String) async throws {
        let dependencies = FakeSurroundings(jitter: 0.25)
        let connection = FakeConnection([.refused(type), .refused(type), .refused(type)])
        let client = try DynamoDBClient.fake(connection, in: dependencies)
        let error = await failure(of: client)
        #expect(error?.isThrottling == true)
        #expect(error?.attempts == 3)
        #expect(dependencies.pauses == [.milliseconds(250), .milliseconds(500)])
    }

    @Test(arguments: [
        "ConditionalCheckFailedException", "ResourceNotFoundException", "ValidationException", "AccessDeniedException",
        "UnrecognizedClientException", "ExpiredTokenException", "SerializationException", "ResourceInUseException",
        "TransactionConflictException", "ItemCollectionSizeLimitExceededException", "NeverHeardOfException",
    ])
    func `what another attempt cannot cure is final`(type: String) async throws {
        let connection = FakeConnection([.refused(type)])
        let error = await failure(of: try .fake(connection))
        #expect(error?.exception?.code.name == type)
        #expect(error?.exception?.message == "no")
        #expect(error?.isThrottling == false)
        #expect(error?.attempts == 1)
    }

    @Test(arguments: [HTTPConnectionError.Kind.responseTooLarge, .invalidRequest])
    func `a request that cannot be carried is final`(kind: HTTPConnectionError.Kind) async throws {
        let connection = FakeConnection([.failed(kind)])
        #expect(await failure(of: try .fake(connection))?.attempts == 1)
    }

    @Test
    func `a dead kept connection costs neither a pause nor an attempt of the policy`() async throws {
        let dependencies = FakeSurroundings()
        let stale = FakeConnection.Answer.failed(.closedBeforeResponse, reused: true)
        let fault = FakeConnection.Answer.refused("InternalServerError", status: 500)
        let client = try DynamoDBClient.fake(FakeConnection([stale, fault, fault, .ok()]), in: dependencies)
        let reply = try await client.send(.putItem, body: [], deadline: nil)
        #expect(reply.attempts == 4)
        #expect(dependencies.pauses.count == 2)
    }

    @Test
    func `only requests that may have arrived count as attempts`() async throws {
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
    func `the pause that the service asks for is taken, within reason`(
        name: String,
        value: String,
        pause: Duration
    ) async throws {
        let dependencies = FakeSurroundings(jitter: 0.5)
        let fault = FakeConnection.Answer.refused("InternalServerError", status: 503, headers: [name: value])
        _ = try await DynamoDBClient.fake(FakeConnection([fault, .ok()]), in: dependencies)
            .send(.putItem, body: [], deadline: nil)
        #expect(dependencies.pauses == [pause])
    }

    @Test
    func `pauses grow to a bound`() {
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
    func `no pause is taken that would reach past the deadline`() async throws {
        let dependencies = FakeSurroundings(jitter: 0.5)
        let connection = FakeConnection([.refused("ThrottlingException")])
        let client = try DynamoDBClient.fake(connection, in: dependencies)
        let error = await failure(of: client, deadline: dependencies.now + .milliseconds(504))
        #expect(error?.isThrottling == true)
        #expect(dependencies.pauses.isEmpty)
        #expect(connection.requests.count == 1)
    }

    @Test
    func `nothing is sent after the deadline`() async throws {
        let dependencies = FakeSurroundings()
        let connection = FakeConnection([])
        let client = try DynamoDBClient.fake(connection, in: dependencies)
        #expect(await failure(of: client, deadline: dependencies.now) == DynamoDBError(.timedOut, attempts: 0))
        #expect(connection.requests.isEmpty)
    }

    @Test(arguments: [
        // Time left, and the timeouts of three attempts that all take as long as they may.
        (Duration.seconds(30), [Duration.seconds(2), .seconds(2), .seconds(2)]),
        (.seconds(3), [.milliseconds(1500), .milliseconds(750), .milliseconds(750)]),
        (.milliseconds(800), [.milliseconds(500), .milliseconds(300)]),
        (.milliseconds(400), [.milliseconds(400)]),
    ])
    func `an attempt leaves time for the next one`(left: Duration, timeouts: [Duration]) async throws {
        let dependencies = FakeSurroundings(jitter: 0)
        let connection = FakeConnection([.failed(.timedOut), .failed(.timedOut), .failed(.timedOut)]) { timeout, _ in
            dependencies.advance(by: timeout ?? .zero)
        }
        let client = try DynamoDBClient.fake(connection, in: dependencies)
        let error = await failure(of: client, deadline: dependencies.now + left)
        #expect(error == DynamoDBError(.timedOut, attempts: timeouts.count))
        #expect(connection.timeouts == timeouts)
    }

    @Test
    func `retries stop when the quota is spent and come back with successes`() async throws {
        let fault = FakeConnection.Answer.refused("InternalServerError", status: 500)
        // 500 tokens at 14 each pay for 35 retries: 17 requests of two retries, and one of one.
        let connection = FakeConnection(
            Array(repeating: fault, count: 17 * 3 + 2 + 1) + Array(repeating: .ok(), count: 4) + [fault, .ok()]
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
    func `a retry that is answered with a failed condition costs the quota nothing`() async throws {
        // A lost reply to a write that took effect, and the answer to its repetition. The quota pays for 35 retries.
        let lost: [FakeConnection.Answer] = [.failed(.closedInResponse), .refused("ConditionalCheckFailedException")]
        let connection = FakeConnection(Array(repeating: lost, count: 100).flatMap { $0 })
        let client = try DynamoDBClient.fake(connection)
        for _ in 1...100 { #expect(await failure(of: client)?.attempts == 2) }
    }

    @Test
    func `a cancelled task makes no further attempt`() async throws {
        let connection = FakeConnection([.refused("InternalServerError", status: 500)])
        let client = try DynamoDBClient.fake(connection)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure(of: client)
        }
        task.cancel()
        #expect(await task.value == DynamoDBError(.cancelled, attempts: 1))
    }
}
