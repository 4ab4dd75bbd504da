import TaskExecutors
internal import HTTPConnection
public import Logging
public import NIOCore
internal import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A custom Lambda runtime: runs a function as AWS Lambda's Runtime API (2018-06-01) asks for it.
///
/// ```swift
/// LambdaRuntime.run { start in
///     let name = start.environment["NAME"] ?? "world"
///     return Greeter(name: name)      // a LambdaHandler
/// }
/// ```
///
/// Everything runs on the process's first thread, which becomes an event loop.
public enum LambdaRuntime {
    /// What a function starts with.
    public struct Start: Sendable {
        /// The process's environment variables.
        public let environment: LambdaEnvironment
        /// The event loop that the function runs on; connections belong onto it too.
        public let eventLoop: any EventLoop
        /// Writes to the function's log.
        public let logger: Logger
    }

    /// Makes the function's handler, once, and has it handle invocations until the process is ended.
    ///
    /// An error of `makeHandler` is reported as the function's init error, and the process exits with status 1; so it
    /// does when the Runtime API is gone. SIGTERM ends it with status 0, after the invocation at hand.
    public static func run<Handler: LambdaHandler>(
        _ makeHandler: @escaping @Sendable (Start) async throws -> Handler
    ) -> Never {
        if CommandLine.arguments.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) { printHelp() }
        GracefulShutdown.handleSignal()
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { eventLoop in
            let executor = EventLoopTaskExecutor(eventLoop)
            Task(executorPreference: executor) {
                await start(on: eventLoop, executor: executor, makeHandler)
            }
        }
        fatalError("The event loop has ended although nobody ends it.")
    }

    private static func start<Handler: LambdaHandler>(
        on eventLoop: any EventLoop,
        executor: any TaskExecutor,
        _ makeHandler: @Sendable (Start) async throws -> Handler
    ) async {
        let environment = LambdaEnvironment.process
        let endpoint: HTTPEndpoint
        do {
            endpoint = try environment.runtimeAPI
        } catch {
            end("\(error)")
        }
        var api = RuntimeAPI(over: BlockingConnection(to: endpoint))
        let logger: Logger
        let handler: Handler
        do {
            logger = try makeLogger(environment)
            handler = try await makeHandler(Start(environment: environment, eventLoop: eventLoop, logger: logger))
        } catch {
            // Should the report fail, the exit status still tells.
            try? api.send(.initializationError(FunctionError(error)))
            end("\(error)")
        }
        let loop = InvocationLoop(
            api: api, handler: handler, eventLoop: eventLoop, executor: executor, logger: logger, hooks: .process)
        do {
            try await loop.run()
        } catch {
            end("\(error)")
        }
    }

    private static func makeLogger(_ environment: LambdaEnvironment) throws -> Logger {
        let level = try environment.logLevel
        return Logger(label: environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "function") { _ in
            LambdaLogHandler(format: environment.logFormat, level: level)
        }
    }

    private static func end(_ message: String) -> Never {
        LambdaLogHandler.writeToStandardError(Array("\(message)\n".utf8))
        exit(1)
    }

    private static func printHelp() -> Never {
        print(
            """
            This program is an AWS Lambda function (a custom runtime). It takes no arguments: Lambda starts it, or \
            bashoutter-local, with AWS_LAMBDA_RUNTIME_API naming the Runtime API as host:port.
            """)
        exit(0)
    }
}
