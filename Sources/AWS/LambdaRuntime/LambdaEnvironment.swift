package import HTTPConnection
package import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The environment variables of a process, through which Lambda and the template configure a function.
public struct LambdaEnvironment: Sendable {
    private let values: [String: String]?

    /// The environment of this process.
    public static let process = LambdaEnvironment(values: nil)

    /// An environment that holds `values` and nothing else.
    public init(_ values: [String: String]) {
        self.init(values: values)
    }

    private init(values: [String: String]?) {
        self.values = values
    }

    /// The value of `name`; nil when it is not set or empty.
    public subscript(name: String) -> String? {
        let value = if let values { values[name] } else { getenv(name).map { String(cString: $0) } }
        return value?.isEmpty == true ? nil : value
    }
}

/// A setting that is missing or malformed. It is reported as the function's init error.
public struct EnvironmentVariableError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The environment variable.
    public let name: String
    /// What is wrong with it, to be read behind the name: `is not set`.
    public let problem: String

    /// Says what is wrong with the environment variable `name`.
    public init(_ name: String, _ problem: String) {
        self.name = name
        self.problem = problem
    }

    /// The name and the problem as a sentence.
    public var description: String { "The environment variable \(name) \(problem)." }
}

extension LambdaEnvironment {
    /// Where the Runtime API is: `AWS_LAMBDA_RUNTIME_API`, `host:port`.
    ///
    /// - Throws: ``SettingError``.
    package var runtimeAPI: HTTPEndpoint {
        get throws(EnvironmentVariableError) {
            let name = "AWS_LAMBDA_RUNTIME_API"
            guard let value = self[name] else {
                throw EnvironmentVariableError(name, "is not set: this program is a Lambda function and is started by Lambda or by bashoutter-local")
            }
            do {
                return try HTTPEndpoint(hostAndPort: value)
            } catch {
                throw EnvironmentVariableError(name, "\(error): it is \"\(value)\" but should look like 127.0.0.1:9001")
            }
        }
    }

    /// `AWS_LAMBDA_LOG_FORMAT`: `JSON` or `Text` (the default).
    package var logFormat: LambdaLogHandler.Format {
        self["AWS_LAMBDA_LOG_FORMAT"]?.uppercased() == "JSON" ? .json : .text
    }

    /// `AWS_LAMBDA_LOG_LEVEL`, else `LOG_LEVEL`, in Lambda's words or swift-log's, in any case; `info` by default.
    ///
    /// - Throws: ``SettingError``.
    package var logLevel: Logger.Level {
        get throws(EnvironmentVariableError) {
            for name in ["AWS_LAMBDA_LOG_LEVEL", "LOG_LEVEL"] {
                guard let value = self[name] else { continue }
                switch value.lowercased() {
                case "warn": return .warning
                case "fatal": return .critical
                case let word:
                    guard let level = Logger.Level(rawValue: word) else {
                        throw EnvironmentVariableError(name, "is \"\(value)\" but should be TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
                    }
                    return level
                }
            }
            return .info
        }
    }
}
