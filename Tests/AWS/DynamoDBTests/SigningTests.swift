import DynamoDB
import HTTPMessage
import NIOCore
import Testing

@Suite
struct SigningTests {
    private let body = Array(#"{"TableName":"haiku","Key":{"item_id":{"S":"1"}}}"#.utf8)

    /// botocore computed the signatures, for the same request at the same time.
    @Test(arguments: [
        (nil, "", "9332d9b65c2f954ee15003acd2cfb8d255e5a5f83fb6af98f48bd82dd2141f20"),
        (
            "AQoDYXdzEPT/token==", "x-amz-security-token;",
            "8db9aee367995055f0d07ac1984e85391266ae9f7d98e8ec080525807ba5d0a4"
        ),
    ])
    func `a request is signed as botocore signs it`(token: String?, header: String, signature: String) async throws {
        let connection = FakeConnection([.ok()])
        let client = try DynamoDBClient.fake(connection, sessionToken: token)
        _ = try await client.send(.getItem, body: body, deadline: nil)
        let request = try #require(connection.requests.first)
        #expect(request.method == .post)
        #expect(request.path == "/")
        #expect(request.body == body)
        #expect(request.headers["x-amz-target"] == ["DynamoDB_20120810.GetItem"])
        #expect(request.headers["content-type"] == ["application/x-amz-json-1.0"])
        #expect(request.headers["x-amz-date"] == ["20150830T123600Z"])
        #expect(request.headers["x-amz-security-token"] == (token.map { [$0] } ?? []))
        #expect(
            request.headers["authorization"] == [
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/dynamodb/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;\(header)x-amz-target, Signature=\(signature)"
            ]
        )
    }

    /// The service's clock is ten minutes ahead of the fake wall clock, or behind it.
    @Test(
        arguments: ["InvalidSignatureException", "RequestTimeTooSkewed"],
        [("Sun, 30 Aug 2015 12:46:00 GMT", "20150830T124600Z"), ("Sun, 30 Aug 2015 12:26:00 GMT", "20150830T122600Z")])
    func `clock skew is corrected and the request retried immediately`(
        type: String, date: (header: String, signed: String)
    ) async throws {
        let connection = FakeConnection([.exception(type, headers: ["Date": date.header]), .ok(), .ok()])
        let dependencies = FakeDependencies()
        let client = try DynamoDBClient.fake(connection, dependencies: dependencies)
        #expect(try await client.send(.getItem, body: body, deadline: nil).attempts == 2)
        _ = try await client.send(.getItem, body: body, deadline: nil)
        #expect(
            connection.requests.map { $0.headers["x-amz-date"] } == [
                ["20150830T123600Z"], [date.signed], [date.signed],
            ]
        )
        #expect(dependencies.pauses.isEmpty)
    }

    @Test(arguments: ["Sun, 30 Aug 2015 12:37:00 GMT", "tomorrow", "Sun, 30 Abc 2015 12:46:00 GMT"])
    func `an invalid signature is not retried if the clock skew is small or unknown`(date: String) async throws {
        let connection = FakeConnection([.exception("InvalidSignatureException", headers: ["Date": date])])
        let client = try DynamoDBClient.fake(connection)
        let error = await #expect(throws: DynamoDBError.self) {
            _ = try await client.send(.getItem, body: body, deadline: nil)
        }
        #expect(error?.exception?.code == .invalidSignature)
        #expect(connection.requests.count == 1)
    }
}
