import Encoding
import DynamoDB
import HTTPConnection
import NIOCore
import Testing

@Suite
struct ReplyTests {
    private func exception(
        status: Int,
        headers: HTTPHeaderFields = [:],
        body: String
    ) async throws -> DynamoDBException? {
        let response = HTTPResponse(
            status: status,
            headers: headers,
            body: ByteBuffer(string: body)
        )
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        let client = try DynamoDBClient.fake(FakeConnection([.success(response)]), retry: policy)
        do throws(DynamoDBError) {
            _ = try await client.send(.putItem, body: [], deadline: nil)
            return nil
        } catch {
            return error.exception
        }
    }

    @Test(
        arguments: [
            ([:], #"{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"m"}"#),
            ([:], #"{"__type":"ValidationException","Message":"m"}"#),
            (["x-amzn-ErrorType": "ValidationException:http://internal.amazon.com/"], #"{"message":"m","x":[1]}"#),
        ] as [(HTTPHeaderFields, String)]
    )
    func `the type is found wherever the service puts it`(headers: HTTPHeaderFields, body: String) async throws {
        #expect(
            try await exception(status: 400, headers: headers, body: body)
                == DynamoDBException(.validation, message: "m", status: 400)
        )
    }

    @Test(arguments: ["", "<html>", "[]", #"{"__type":1}"#])
    func `a body of another kind leaves the status to judge by`(body: String) async throws {
        let exception = try await exception(status: 503, headers: ["x-amzn-requestid": "R"], body: body)
        #expect(exception?.code == .other(""))
        #expect(exception.map { "\($0)" } == "HTTP status 503 (request R)")
        #expect(try await self.exception(status: 429, body: body)?.isThrottling == true)
    }

    @Test
    func `a failed condition shows the item that was asked for`() async throws {
        let body = #"{"__type":"x#ConditionalCheckFailedException","message":"m","Item":{"likes":{"N":"1"}}}"#
        let exception = try await exception(status: 400, body: body)
        #expect(exception?.code == .conditionalCheckFailed)
        #expect(exception?.item == ["likes": .n("1")])
    }

    @Test
    func `the session token that a reply quotes is not passed on`() async throws {
        let body = #"""
            {"__type":"x#InvalidSignatureException","message":"The signature does not match.\n\nThe Canonical String was\n\#
            'POST\n/\n\nx-amz-security-token:tok-en'"}
            """#
        #expect(try await exception(status: 400, body: body)?.message == "The signature does not match.")
    }

    @Test
    func `every code keeps its name`() {
        for name in ["RequestLimitExceeded", "InternalServerError", "ExpiredTokenException", "SomethingNew", ""] {
            #expect(DynamoDBException.Code(name: name).name == name)
        }
        #expect(DynamoDBException.Code(name: "InternalFailure") == .internalServerError)
    }

    @Test
    func `a reply whose checksum is right is given as it came`() async throws {
        let body = #"{"Item":{}}"#
        let checksum = ByteBuffer(string: body).withUnsafeReadableBytes { CRC32.checksum(of: $0) }
        let answer = FakeConnection.Answer.ok(body, headers: ["x-amz-crc32": String(checksum)])
        let client = try DynamoDBClient.fake(FakeConnection([answer]))
        let reply = try await client.send(.getItem, body: [], deadline: nil)
        #expect(String(buffer: reply.body) == body)
    }

    @Test
    func `a reply that stays damaged is an error`() async throws {
        let damaged = FakeConnection.Answer.ok("{}", headers: ["x-amz-crc32": "7"])
        let client = try DynamoDBClient.fake(FakeConnection([damaged, damaged, damaged]))
        await #expect(throws: DynamoDBError(.checksumMismatch, attempts: 3)) {
            _ = try await client.send(.getItem, body: [], deadline: nil)
        }
    }

    @Test(arguments: [
        "", "{", #"{"Item":{"a":{"X":"1"}}}"#, #"{"Item":{"a":{"S":1}}}"#, #"{"Item":{"a":{}}}"#, "{} {}",
    ])
    func `a reply that is not the API's is malformed`(body: String) async throws {
        let client = try DynamoDBClient.fake(FakeConnection([.ok(body)]))
        let error = await #expect(throws: DynamoDBError.self) {
            _ = try await client.execute(GetItem(tableName: "t", key: [:]))
        }
        guard case .malformedResponse? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
