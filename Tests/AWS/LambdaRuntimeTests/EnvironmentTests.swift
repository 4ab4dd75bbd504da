import HTTPConnection
import LambdaRuntime
import Logging
import NIOConcurrencyHelpers
import Testing

@Suite
struct LambdaEnvironmentTests {
    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:http", "http://127.0.0.1:1", ":1", "a b:1",
    ])
    func `a malformed AWS_LAMBDA_RUNTIME_API is an error with its name and value`(value: String) {
        let environment = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": value])
        #expect { try environment.runtimeAPI } throws: {
            "\($0)".contains("AWS_LAMBDA_RUNTIME_API") && "\($0)".contains(value)
        }
    }

    @Test
    func `the address of the Runtime API is parsed into host and port`() throws {
        let endpoint = try LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"]).runtimeAPI
        #expect(endpoint.host == "127.0.0.1")
        #expect(endpoint.port == 9001)
    }

    @Test(
        arguments: [
            ([:], Logger.Level.info), (["AWS_LAMBDA_LOG_LEVEL": "WARN"], .warning), (["LOG_LEVEL": "debug"], .debug),
            (["AWS_LAMBDA_LOG_LEVEL": "FATAL", "LOG_LEVEL": "trace"], .critical),
        ] as [([String: String], Logger.Level)])
    func `the log level is AWS_LAMBDA_LOG_LEVEL, or else LOG_LEVEL, or else info`(
        values: [String: String], level: Logger.Level
    ) throws {
        #expect(try LambdaEnvironment(values).logLevel == level)
    }

    @Test
    func `an unknown log level is an error with the variable's name`() {
        #expect { try LambdaEnvironment(["LOG_LEVEL": "loud"]).logLevel } throws: { "\($0)".contains("LOG_LEVEL") }
    }
}

@Suite
struct LambdaLogHandlerTests {
    static func lines(_ format: LambdaLogHandler.Format, level: Logger.Level = .info, _ log: (Logger) -> Void)
        -> [String]
    {
        let lines = NIOLockedValueBox<[String]>([])
        var logger = Logger(label: "test") { _ in
            LambdaLogHandler(
                format: format, level: level,
                write: { line in lines.withLockedValue { $0.append(String(decoding: line, as: UTF8.self)) } },
                now: { 1_593_999_964_007 })
        }
        logger[metadataKey: "requestId"] = "r-1"
        log(logger)
        return lines.withLockedValue { $0 }
    }

    @Test
    func `a JSON line has the timestamp, level, message and metadata`() {
        let lines = Self.lines(.json) { $0.warning("say \"hi\"\n", metadata: ["table": "haiku"]) }
        #expect(
            lines == [
                #"{"timestamp":"2020-07-06T01:46:04.007Z","level":"WARN","message":"say \"hi\"\n","requestId":"r-1","table":"haiku"}"#
                    + "\n"
            ])
    }

    @Test
    func `the metadata of a message takes precedence over the logger's`() {
        let lines = Self.lines(.text) { $0.info("hello", metadata: ["requestId": "r-2"]) }
        #expect(lines == ["2020-07-06T01:46:04.007Z INFO hello requestId=r-2\n"])
    }

    @Test
    func `control characters in a text line are escaped, so that a message cannot forge a line`() {
        let lines = Self.lines(.text) { $0.error("a\n2020-07-06T01:46:04.007Z INFO b\u{2028}\u{1b}[31m") }
        #expect(
            lines == [
                "2020-07-06T01:46:04.007Z ERROR a\\u{a}2020-07-06T01:46:04.007Z INFO b\\u{2028}\\u{1b}[31m requestId=r-1\n"
            ])
    }

    @Test
    func `events below the level are dropped`() {
        #expect(Self.lines(.text, level: .error) { $0.info("quiet") }.isEmpty)
    }
}
