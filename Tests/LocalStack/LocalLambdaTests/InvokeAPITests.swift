import Foundation
import HTTPMessage
import HTTPServer
import JSON
import LocalLambda
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct InvokeAPITests {
    static func request(
        _ path: String,
        method: String = "POST",
        headers: [String: String] = [:],
        body: String = #"{"do": "echo"}"#
    ) -> Request {
        let fields = HTTPHeaderFields(headers.map { (name: $0.key, value: $0.value) })
        return Request(method: method, target: path, headers: fields, body: ByteBuffer(string: body))
    }

    @Test(arguments: [
        "Fake", "Fake:$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:Fake", "000000000000:function:Fake",
        "function:Fake", "000000000000:Fake", "us-east-1:000000000000:function:Fake:1", "%46ake%3A$LATEST",
    ])
    func `a function is invoked by its name or its ARN`(name: String) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let api = InvokeAPI(lambda: fake.lambda)
            let response = try await api.respond(to: Self.request("\(InvokeAPI.path)/\(name)/invocations")).get()
            #expect(response.status == 200)
            #expect(response.headers.first(name: "X-Amz-Executed-Version") == "$LATEST")
            #expect(response.headers.first(name: "X-Amz-Function-Error") == nil)
        }
    }

    @Test(arguments: [
        (RequestRejection.tooManyBytes, 429, "TooManyRequestsException"),
        (.tooManyConnections, 429, "TooManyRequestsException"), (.bodyTooLarge, 413, "RequestTooLargeException"),
        (.malformed, 400, "InvalidRequestContentException"), (.foreignHost, 403, "AccessDeniedException"),
        (.headTooLarge, 431, "RequestTooLargeException"),
    ])
    func `a request that the server rejects gets Lambda's status and error type`(
        rejection: RequestRejection, status: Int, error: String
    ) throws {
        let response = InvokeAPI(lambda: try FakeFunction().lambda).response(to: rejection)
        #expect(response.status == status)
        #expect(response.headers.first(name: "X-Amzn-ErrorType") == error)
        #expect(response.headers.first(name: "Retry-After") == (status == 429 ? "1" : nil))
    }

    @Test
    func `a client context with a line break is rejected`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let headers = ["X-Amz-Client-Context": Data("{\n}".utf8).base64EncodedString()]
            let request = Self.request("\(InvokeAPI.path)/Fake/invocations", headers: headers)
            let response = try await InvokeAPI(lambda: fake.lambda).respond(to: request).get()
            #expect(response.status == 400)
            #expect(response.headers.first(name: "X-Amzn-ErrorType") == "InvalidRequestContentException")
        }
    }

    @Test
    func `a failed invocation is a 200 with X-Amz-Function-Error`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let request = Self.request("\(InvokeAPI.path)/Fake/invocations", body: #"{"do": "error"}"#)
            let response = try await InvokeAPI(lambda: fake.lambda).respond(to: request).get()
            #expect(response.status == 200)
            #expect(response.headers.first(name: "X-Amz-Function-Error") == "Unhandled")
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
    func `DryRun, Event and invalid requests get Lambda's status and error type`(
        name: String,
        headers: [String: String],
        body: String,
        status: Int,
        error: String?
    ) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let request = Self.request("\(InvokeAPI.path)/\(name)/invocations", headers: headers, body: body)
            let response = try await InvokeAPI(lambda: fake.lambda).respond(to: request).get()
            #expect(response.status == status)
            #expect(response.headers.first(name: "X-Amzn-ErrorType") == error)
        }
    }

    @Test
    func `the functions are listed`() async throws {
        let fake = try FakeFunction()
        let response = try await InvokeAPI(lambda: fake.lambda).respond(to: Self.request(InvokeAPI.path, method: "GET"))
            .get()
        #expect(response.status == 200)
        let functions = try JSONValue(parsing: Array(buffer: response.body))["Functions"]?.array
        #expect(functions?.map { $0["FunctionName"] } == ["Fake"])
    }
}
