package import HTTPConnection
package import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The environment variables with which Lambda and the template configure a function.
package struct LambdaEnvironment: Sendable {
    private let values: [String: String]?

    package static let process = LambdaEnvironment(values: nil)

    /// An environment of `values` only, for tests.
    package init(_ values: [String: String]) {
        self.init(values: values)
    }

    private init(values: [String: String]?) {
        self.values = values
    }

    /// The value of a variable; nil if it is not set or empty.
    package subscript(name: String) -> String? {
        let value = if let values { values[name] } else { getenv(name).map { String(cString: $0) } }
        return value?.isEmpty == true ? nil : value
    }
}

extension LambdaEnvironment {
    /// `AWS_LAMBDA_RUNTIME_API`: the address of the Runtime API, as `host:port`.
    package var runtimeAPI: HTTPEndpoint {
        get throws(EnvironmentVariableError) {
            let name = "AWS_LAMBDA_RUNTIME_API"
            guard let value = self[name] else {
                throw EnvironmentVariableError(
                    name, "is not set: Lambda or bashoutter-local must start this program, which is a Lambda function")
            }
            do {
                return try HTTPEndpoint(hostAndPort: value)
            } catch {
                throw EnvironmentVariableError(
                    name, "must be host:port, such as 127.0.0.1:9001; got \"\(value)\" (\(error))")
            }
        }
    }

    /// `AWS_LAMBDA_LOG_FORMAT`: `JSON` or `Text` (the default).
    package var logFormat: LambdaLogHandler.Format {
        self["AWS_LAMBDA_LOG_FORMAT"]?.uppercased() == "JSON" ? .json : .text
    }

    /// `AWS_LAMBDA_LOG_LEVEL` or, if that is not set, `LOG_LEVEL`: a level of Lambda's or of swift-log's, in any case.
    /// The default is `info`.
    package var logLevel: Logger.Level {
        get throws(EnvironmentVariableError) {
            for name in ["AWS_LAMBDA_LOG_LEVEL", "LOG_LEVEL"] {
                guard let value = self[name] else { continue }
                switch value.lowercased() {
                case "warn": return .warning
                case "fatal": return .critical
                case let lowercased:
                    guard let level = Logger.Level(rawValue: lowercased) else {
                        throw EnvironmentVariableError(
                            name, "must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL; got \"\(value)\"")
                    }
                    return level
                }
            }
            return .info
        }
    }
}
