import CMalloc
import HTTPConnection
import Logging
import NIOCore
import NIOPosix
import TaskExecutors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A custom runtime for AWS Lambda, on the Runtime API version 2018-06-01 (docs/decisions/001-custom-runtime.md).
///
/// ```swift
/// LambdaRuntime.run { context in
///     let name = context.environment["NAME"] ?? "world"
///     return Greeter(name: name)  // a LambdaHandler
/// }
/// ```
///
/// Everything but the resolution of host names runs on the process's first thread, which becomes an event loop.
package enum LambdaRuntime {
    /// Creates the function's handler, and then handles invocations until the process is terminated.
    ///
    /// If `makeHandler` throws, the error is sent as the function's init error and the process exits with status 1. It
    /// also exits with status 1 if the Runtime API fails. On SIGTERM it exits with status 0, after the current
    /// invocation.
    package static func run<Handler: LambdaHandler>(
        _ makeHandler: @escaping @Sendable (InitializationContext) async throws -> Handler
    ) -> Never {
        if CommandLine.arguments.dropFirst().contains(where: { $0 == "--help" || $0 == "-h" }) { printHelp() }
        keepFreedMemory()
        ResolverSettings.applyForStaticExecutables()
        GracefulShutdown.installSignalHandler()
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { eventLoop in
            let executor = EventLoopTaskExecutor(eventLoop)
            Task(executorPreference: executor) {
                await run(on: eventLoop, executor: executor, makeHandler)
            }
        }
        fatalError("The event loop stopped, although nothing shuts it down.")
    }

    private static func run<Handler: LambdaHandler>(
        on eventLoop: any EventLoop,
        executor: any TaskExecutor,
        _ makeHandler: @Sendable (InitializationContext) async throws -> Handler
    ) async {
        let start = ContinuousClock.now
        let environment = LambdaEnvironment.process
        let endpoint: HTTPEndpoint
        do {
            endpoint = try environment.runtimeAPI
        } catch {
            fail("\(error)", environment)
        }
        var api = RuntimeAPI(over: BlockingConnection(to: endpoint))
        let logger: Logger
        let handler: Handler
        do {
            logger = makeLogger(environment, level: try environment.logLevel)
            handler = try await makeHandler(
                InitializationContext(environment: environment, eventLoop: eventLoop, logger: logger))
        } catch {
            // If the init error cannot be sent, the log and the exit status still report it.
            try? api.send(initializationError: FunctionError(error))
            fail("\(error)", environment)
        }
        let loop = InvocationLoop(
            api: api, handler: handler, eventLoop: eventLoop, executor: executor, logger: logger, hooks: .process,
            initDuration: start.duration(to: .now))
        do {
            try await loop.run()
        } catch {
            fail("\(error)", environment)
        }
    }

    private static func makeLogger(_ environment: LambdaEnvironment, level: Logger.Level) -> Logger {
        Logger(label: environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "function") { _ in
            LambdaLogHandler(format: environment.logFormat, level: level)
        }
    }

    private static func fail(_ message: String, _ environment: LambdaEnvironment) -> Never {
        makeLogger(environment, level: .critical).critical("\(message)")
        exit(1)
    }

    /// Makes the next invocation reuse the memory of the last one. By default, glibc returns freed memory at the end of
    /// the heap to the kernel: a list of 1,000 haiku then takes 130 page faults, which is a third of its time.
    private static func keepFreedMemory() {
        #if canImport(Glibc)
            mallopt(M_MMAP_THRESHOLD, 4 << 20)
            mallopt(M_TRIM_THRESHOLD, 16 << 20)
        #endif
    }

    private static func printHelp() -> Never {
        print(
            """
            This program is an AWS Lambda function with a custom runtime. It takes no arguments. Lambda or \
            bashoutter-local starts it, with AWS_LAMBDA_RUNTIME_API set to the Runtime API's host:port.
            """)
        exit(0)
    }
}
