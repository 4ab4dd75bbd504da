import Encoding
import Time

/// The environment variables of a function's process: those that Lambda sets and the function's own; none is inherited.
///
/// Source: "Working with Lambda environment variables", section "Defined runtime environment variables". As there,
/// `AWS_EXECUTION_ENV` is not set for an OS-only runtime such as provided.al2023.
struct FunctionEnvironment {
    private let function: LocalFunction
    private let endpoints: [String: String]

    /// The directory of the function's code, which is the process's working directory.
    let taskRoot: String
    let functionARN: String

    /// - Parameter endpoints: Variables such as `AWS_ENDPOINT_URL_DYNAMODB`, which override the function's own.
    init(_ function: LocalFunction, endpoints: [String: String]) {
        self.function = function
        self.endpoints = endpoints
        taskRoot = function.executable.lastIndex(of: "/").map { String(function.executable[..<$0]) } ?? "."
        functionARN = function.arn
    }

    /// The variables of one process as `NAME=value`.
    func variables(runtimeAPI: String) -> [String] {
        var variables = function.environment
        variables.merge(standard(runtimeAPI: runtimeAPI)) { $1 }
        variables.merge(endpoints) { $1 }
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private func standard(runtimeAPI: String) -> [String: String] {
        [
            "_HANDLER": function.handler,
            "_X_AMZN_TRACE_ID": "",
            "AWS_ACCESS_KEY_ID": function.accessKeyID,
            "AWS_DEFAULT_REGION": LocalFunction.region,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(function.memorySize),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(function.name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": "\(Self.today())/[$LATEST]\(Hexadecimal.random(32))",
            "AWS_LAMBDA_RUNTIME_API": runtimeAPI,
            "AWS_REGION": LocalFunction.region,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LAMBDA_TASK_ROOT": taskRoot,
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:\(taskRoot):\(taskRoot)/lib:/opt/lib",
            "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "TZ": ":UTC",
        ]
    }

    /// Today's date in UTC, as in the names of log streams: `2020/07/06`.
    private static func today() -> String {
        let date = UTCDateTime(secondsSince1970: WallClock.seconds()).date
        return "\(date.year.zeroPadded(4))/\(date.month.zeroPadded(2))/\(date.day.zeroPadded(2))"
    }
}
