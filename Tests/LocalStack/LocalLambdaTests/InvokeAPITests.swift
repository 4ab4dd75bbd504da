import Foundation
import HTTPTypes
import Hummingbird
import JSON
import LoadShedding
import LocalLambda
import NIOCore
import Testing

@Suite
struct InvokeAPITests {
    static func request(
        _ path: String,
        _ method: HTTPRequest.Method = .post,
        headers: [String: String] = [:],
        body: String = #"{"do": "echo"}"#
    ) throws -> Request {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let head = HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1", path: path, headerFields: fields)
        return Request(head: head, body: .init(buffer: ByteBuffer(string: body)))
    }

    static func header(_ name: String, of response: Response) throws -> String? {
        response.headers[try #require(HTTPField.Name(name))]
    }

    @Test(arguments: [
        "Fake", "Fake:$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:Fake", "000000000000:function:Fake",
        "function:Fake", "000000000000:Fake", "us-east-1:000000000000:function:Fake:1", "%46ake%3A$LATEST",
    ])
    func `a function is invoked by its name or its ARN`(name: String) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let api = InvokeAPI(lambda: fake.lambda)
            let response = await api.respond(to: try Self.request("\(InvokeAPI.path)/\(name)/invocations"))
            #expect(response.status == .ok)
            #expect(try Self.header("X-Amz-Executed-Version", of: response) == "$LATEST")
            #expect(try Self.header("X-Amz-Function-Error", of: response) == nil)
        }
    }

    @Test
    func `a large body is rejected with 429 when bodies take too much memory`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let api = InvokeAPI(lambda: fake.lambda, bodies: BodyBudget(bytes: 0))
            let body = #"{"do": "echo", "text": "\#(String(repeating: "x", count: 100_000))"}"#
            let response = await api.respond(to: try Self.request("\(InvokeAPI.path)/Fake/invocations", body: body))
            #expect(response.status == .tooManyRequests)
            #expect(try Self.header("X-Amzn-ErrorType", of: response) == "TooManyRequestsException")
            #expect(response.headers[.connection] == "close")
        }
    }

    @Test
    func `a client context with a line break is rejected`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let headers = ["X-Amz-Client-Context": Data("{\n}".utf8).base64EncodedString()]
            let request = try Self.request("\(InvokeAPI.path)/Fake/invocations", headers: headers)
            let response = await InvokeAPI(lambda: fake.lambda).respond(to: request)
            #expect(response.status == .badRequest)
            #expect(try Self.header("X-Amzn-ErrorType", of: response) == "InvalidRequestContentException")
        }
    }

    @Test
    func `a failed invocation is a 200 with X-Amz-Function-Error`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let request = try Self.request("\(InvokeAPI.path)/Fake/invocations", body: #"{"do": "error"}"#)
            let response = await InvokeAPI(lambda: fake.lambda).respond(to: request)
            #expect(response.status == .ok)
            #expect(try Self.header("X-Amz-Function-Error", of: response) == "Unhandled")
        }
    }

    @Test(arguments: [
        ("Fake", ["X-Amz-Invocation-Type": "DryRun"], "{}", 204, nil),
        ("Fake", ["X-Amz-Invocation-Type": "Event"], #"{"do": "echo"}"#, 202, nil),
        ("Fake", ["X-Amz-Invocation-Type": "Other"], "{}", 400, "InvalidParameterValueException"),
        ("Fake", [:], "not JSON", 400, "InvalidRequestContentException"),
        ("Nobody", [:], "{}", 404, "ResourceNotFoundException"),
        ("Fake:", [:], "{}", 404, "ResourceNotFoundException"),
        ("Fake:1:2", [:], "{}", 404, "ResourceNotFoundException"),
        ("other:Fake", [:], "{}", 404, "ResourceNotFoundException"),
        ("arn:aws:s3:us-east-1:000000000000:function:Fake", [:], "{}", 404, "ResourceNotFoundException"),
        ("Fake", ["Origin": "https://evil.example"], "{}", 403, "AccessDeniedException"),
    ])
    func `other requests get Lambda's status and error type`(
        name: String,
        headers: [String: String],
        body: String,
        status: Int,
        error: String?
    ) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let request = try Self.request("\(InvokeAPI.path)/\(name)/invocations", headers: headers, body: body)
            let response = await InvokeAPI(lambda: fake.lambda).respond(to: request)
            #expect(response.status.code == status)
            #expect(try Self.header("X-Amzn-ErrorType", of: response) == error)
        }
    }

    @Test
    func `the functions are listed`() async throws {
        let fake = try FakeFunction()
        let response = await InvokeAPI(lambda: fake.lambda).respond(to: try Self.request(InvokeAPI.path, .get))
        #expect(response.status == .ok)
    }
}
