import Foundation
import JSON
import LocalLambda
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct LocalLambdaTests {
    @Test
    func `a function receives the event and its response is the result`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let result = try await fake.invoke("echo", ["古池": "蛙"])
            #expect(result.status == .success)
            let response = try JSONValue(parsing: Array(buffer: result.payload)).object
            #expect(response?["古池"] == "蛙")
        }
    }

    @Test
    func `an invocation carries the headers of the Runtime API`() async throws {
        try await FakeFunction.with(try FakeFunction(timeout: 60)) { fake in
            let before = Int(Date().timeIntervalSince1970 * 1_000)
            let result = try await fake.lambda.invoke(
                "Fake",
                payload: ByteBuffer(string: #"{"do": "headers"}"#),
                clientContext: #"{"a":1}"#,
                traceHeader: "Root=1-a-b"
            ).get()
            let headers = try #require(try JSONValue(parsing: Array(buffer: result.payload)).object)
            #expect(headers["lambda-runtime-aws-request-id"]?.string == result.requestID)
            #expect(headers["lambda-runtime-trace-id"] == "Root=1-a-b")
            #expect(headers["lambda-runtime-client-context"] == #"{"a":1}"#)
            #expect(
                headers["lambda-runtime-invoked-function-arn"]
                    == "arn:aws:lambda:us-east-1:000000000000:function:Fake"
            )
            let deadline = try #require(headers["lambda-runtime-deadline-ms"]?.string.flatMap { Int($0) })
            #expect(deadline >= before + 60_000)
            #expect(deadline <= Int(Date().timeIntervalSince1970 * 1_000) + 60_000)
        }
    }

    @Test
    func `a process has Lambda's and the function's variables and inherits none`() async throws {
        let environment = [
            "TABLE_NAME": "t", "AWS_REGION": "elsewhere", "AWS_ENDPOINT_URL_DYNAMODB": "http://elsewhere",
        ]
        try await FakeFunction.with(try FakeFunction(environment: environment)) { fake in
            let found = try await fake.response(to: "environment").object
            let variables = try #require(found?["variables"]?.object).compactMapValues(\.string)
            #expect(variables["TABLE_NAME"] == "t")
            #expect(variables["AWS_REGION"] == "us-east-1")
            #expect(variables["AWS_ENDPOINT_URL_DYNAMODB"] == "http://127.0.0.1:8000")
            #expect(variables["_HANDLER"] == "fake.handler")
            #expect(variables["AWS_LAMBDA_FUNCTION_NAME"] == "Fake")
            #expect(variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256")
            #expect(variables["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST")
            #expect(variables["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/Fake")
            #expect(variables["AWS_LAMBDA_LOG_STREAM_NAME"]?.contains("/[$LATEST]") == true)
            #expect(variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand")
            #expect(variables["TZ"] == ":UTC")
            #expect(variables["AWS_EXECUTION_ENV"] == nil)
            #expect(variables["HOME"] == nil)
            #expect(variables["USER"] == nil)
            #expect(variables["PWD"] == nil)
            let folder = fake.folder.resolvingSymlinksInPath().path(percentEncoded: false)
            #expect(found?["folder"]?.string == (folder.hasSuffix("/") ? String(folder.dropLast()) : folder))
            #expect(found?["group"] == true)
        }
    }

    @Test
    func `an error that the function reports is a function error with its payload`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let result = try await fake.invoke("error")
            #expect(result.status == .functionError)
            #expect(String(buffer: result.payload).contains("Sad"))
            #expect(try await fake.invoke("echo").status == .success)
            try await fake.eventually("the report names the error") { fake.log.contains("Error Type: Sad") }
        }
    }

    @Test
    func `an empty error is described by its type`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let result = try await fake.invoke("empty error")
            #expect(result.status == .functionError)
            #expect(try JSONValue(parsing: Array(buffer: result.payload)) == ["errorType": "Sad", "errorMessage": ""])
        }
    }

    /// U+009B starts a control sequence, as ESC [ does. In UTF-8, U+00A0 starts with 0xC2, too; it is no control character.
    @Test(arguments: [("\u{9B}31m", "\\u{9b}31m"), ("\u{85}", "\\u{85}"), ("\u{7F}", "\\u{7f}"), ("\u{A0}", "\u{A0}")])
    func `control characters in a line are escaped`(printed: String, logged: String) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            _ = try await fake.invoke("print", ["text": .string("<\(printed)>")])
            try await fake.eventually("the line is logged") { fake.log.contains("<\(logged)>") }
        }
    }

    @Test
    func `a process that exits fails one invocation and is replaced`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let first = try await fake.response(to: "echo").object?["pid"]
            let result = try await fake.invoke("exit")
            #expect(result.status == .exited)
            #expect(String(buffer: result.payload).contains("exit status 3"))
            let second = try await fake.response(to: "echo").object?["pid"]
            #expect(second != first)
            try await fake.eventually("its last line is logged") { fake.log.contains("[Fake] no line break\n") }
        }
    }

    @Test
    func `a process that exceeds its timeout is killed`() async throws {
        try await FakeFunction.with(try FakeFunction(timeout: 1)) { fake in
            let result = try await fake.invoke("hang")
            #expect(result.status == .timedOut)
            #expect(String(buffer: result.payload).contains("Task timed out after 1.00 seconds"))
            try await fake.eventually("the report names the timeout") { fake.log.contains("Status: timeout") }
            let pid = try #require(fake.log.firstMatch(of: /pid (\d+)/).flatMap { Int($0.1) })
            try await fake.eventually("the process is gone") { !fake.isAlive(pid) }
            try await fake.eventually("the process is replaced") { try await fake.invoke("echo").status == .success }
        }
    }

    @Test
    func `an invocation ends at its caller's shorter timeout, and the function continues`() async throws {
        try await FakeFunction.with(try FakeFunction(timeout: 60)) { fake in
            let result = try await fake.lambda.invoke(
                "Fake",
                payload: ByteBuffer(string: #"{"do": "wait"}"#),
                callerTimeout: .milliseconds(50)
            ).get()
            #expect(result.status == .timedOut)
            try fake.openGate()
            try await fake.eventually("the function completes") { fake.log.contains("END RequestId") }
        }
    }

    @Test
    func `processes that a function started are killed with it`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let child = try #require(try await fake.response(to: "child").object?["child"]?.int)
            #expect(fake.isAlive(child))
            _ = try await fake.invoke("exit")
            try await fake.eventually("the child is gone") { !fake.isAlive(child) }
        }
    }

    @Test
    func `a response of 6 MB is accepted and a larger one is an error`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let largest = try await fake.invoke("big", ["size": .number(JSONNumber(LambdaLimits.maximumResponseSize))])
            #expect(largest.status == .success)
            #expect(largest.payload.readableBytes == LambdaLimits.maximumResponseSize)
            let larger = try await fake.invoke(
                "big", ["size": .number(JSONNumber(LambdaLimits.maximumResponseSize + 1))])
            #expect(larger.status == .functionError)
            #expect(String(buffer: larger.payload).contains("Function.ResponseSizeTooLarge"))
            try await fake.eventually("the function receives a 413") { fake.log.contains("status 413") }
            #expect(try await fake.invoke("echo").status == .success)
        }
    }

    @Test
    func `a payload over 6 MB and an unknown function are rejected`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            await #expect(throws: InvocationRejection.payloadTooLarge) {
                try await fake.lambda.invoke(
                    "Fake",
                    payload: ByteBuffer(repeating: 0x20, count: LambdaLimits.maximumPayloadSize + 1)
                ).get()
            }
            await #expect(throws: InvocationRejection.unknownFunction) {
                try await fake.lambda.invoke("Nobody", payload: ByteBuffer(string: "{}")).get()
            }
        }
    }

    @Test(arguments: [("other", 400), ("next", 403), ("path", 404)])
    func `a runtime that violates the Runtime API gets an error and its invocation continues`(
        action: String, status: Int
    ) async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let response = try await fake.response(to: action)
            #expect(response.object?["status"]?.int == status)
        }
    }

    @Test
    func `each invocation has Lambda's log lines and each output line has the function's name`() async throws {
        try await FakeFunction.with(try FakeFunction()) { fake in
            let id = try await fake.invoke("print", ["text": "one\ntwo"]).requestID
            try await fake.eventually("the report and the output are logged") {
                fake.log.contains("REPORT") && fake.log.contains("two")
            }
            let lines = fake.log.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("[Fake] ") })
            #expect(lines.contains("[Fake] START RequestId: \(id) Version: $LATEST"))
            #expect(lines.contains("[Fake] one"))
            #expect(lines.contains("[Fake] END RequestId: \(id)"))
            let report = try #require(lines.first { $0.hasPrefix("[Fake] REPORT RequestId: \(id)\tDuration: ") })
            for part in ["Billed Duration: ", "Memory Size: 256 MB", "Max Memory Used: ", "Init Duration: "] {
                #expect(report.contains("\t\(part)"))
            }
            let times = report.matches(of: /Duration: ([0-9.]+) ms/).compactMap { Double($0.1) }
            try #require(times.count == 3)
            // The init phase is billed too (AWS Compute Blog, "AWS Lambda standardizes billing for INIT Phase").
            #expect(abs(times[1] - (times[0] + times[2])) <= 1.1)
        }
    }
}
