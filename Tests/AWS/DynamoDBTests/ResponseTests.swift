import DynamoDB
import Encoding
import HTTPConnection
import HTTPMessage
import JSON
import NIOCore
import Testing

@Suite
struct ResponseTests {
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
    func `the error name is read from the body or the header`(headers: HTTPHeaderFields, body: String) async throws {
        #expect(
            try await exception(status: 400, headers: headers, body: body)
                == DynamoDBException(.other("ValidationException"), message: "m", status: 400)
        )
    }

    @Test(arguments: ["", "<html>", "[]", #"{"__type":1}"#])
    func `an exception without a name is described and classified by its status`(body: String) async throws {
        let exception = try await exception(status: 503, headers: ["x-amzn-requestid": "R"], body: body)
        #expect(exception?.code == .other(""))
        #expect(exception.map { "\($0)" } == "HTTP status 503 (request R)")
        #expect(try await self.exception(status: 429, body: body)?.isThrottling == true)
    }

    @Test
    func `a failed condition returns the item`() async throws {
        let body = #"{"__type":"x#ConditionalCheckFailedException","message":"m","Item":{"likes":{"N":"1"}}}"#
        let exception = try await exception(status: 400, body: body)
        #expect(exception?.code == .conditionalCheckFailed)
        #expect(exception?.item == Array(#"{"likes":{"N":"1"}}"#.utf8))
    }

    @Test
    func `the quoted request with its session token is removed from messages`() async throws {
        let body = #"""
            {"__type":"x#InvalidSignatureException","message":"The signature does not match.\n\nThe Canonical String was\n\#
            'POST\n/\n\nx-amz-security-token:tok-en'"}
            """#
        #expect(try await exception(status: 400, body: body)?.message == "The signature does not match.")
    }

    @Test
    func `a code keeps its name, and InternalFailure is an internalServerError`() {
        for name in ["RequestLimitExceeded", "InternalServerError", "ExpiredTokenException", "SomethingNew", ""] {
            #expect(DynamoDBException.Code(name: name).name == name)
        }
        #expect(DynamoDBException.Code(name: "InternalFailure") == .internalServerError)
    }

    @Test
    func `a response with a valid checksum is returned unchanged`() async throws {
        let body = #"{"Item":{}}"#
        let checksum = ByteBuffer(string: body).withUnsafeReadableBytes { CRC32.checksum(of: $0) }
        let outcome = FakeConnection.Outcome.ok(body, headers: ["x-amz-crc32": String(checksum)])
        let client = try DynamoDBClient.fake(FakeConnection([outcome]))
        let response = try await client.send(.getItem, body: [], deadline: nil)
        #expect(String(buffer: response.body) == body)
    }

    @Test
    func `an invalid checksum is an error after the last attempt`() async throws {
        let damaged = FakeConnection.Outcome.ok("{}", headers: ["x-amz-crc32": "7"])
        let client = try DynamoDBClient.fake(FakeConnection([damaged, damaged, damaged]))
        await #expect(throws: DynamoDBError(.checksumMismatch, attempts: 3)) {
            _ = try await client.send(.getItem, body: [], deadline: nil)
        }
    }

    @Test(arguments: ["", "{", "{} {}", "[]", #"{"Item":1"#])
    func `a response that is not the expected JSON is malformed`(body: String) async throws {
        let client = try DynamoDBClient.fake(FakeConnection([.ok(body)]))
        let response = try await client.send(.getItem, body: [], deadline: nil)
        let error = #expect(throws: DynamoDBError.self) {
            try response.read { reader throws(JSONError) in
                try reader.beginObject()
                while try reader.nextKey() != nil { try reader.skipValue() }
            }
        }
        guard case .malformedResponse? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
