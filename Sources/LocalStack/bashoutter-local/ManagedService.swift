import TaskExecutors
import EmbeddedDynamoDB
import Glibc
import NIOCore
import ServiceLifecycle

/// A service of the stack, with what to say when its port is taken, and the thread that its tasks run on.
struct ManagedService: Service {
    private let service: any Service
    private let port: Int
    private let option: String
    private let executor: EventLoopTaskExecutor?

    init(_ service: any Service, port: Int = 0, option: String = "", executor: EventLoopTaskExecutor? = nil) {
        self.service = service
        self.port = port
        self.option = option
        self.executor = executor
    }

    func run() async throws {
        do {
            try await withTaskExecutorPreference(executor) { try await service.run() }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartupError.portInUse(port, option: option)
        } catch EmbeddedDynamoDB.StartError.portInUse(let port) {
            throw StartupError.portInUse(port, option: option)
        }
    }
}

extension ManagedService: CustomStringConvertible {
    /// The service's name alone. ServiceLifecycle logs its services at the levels debug and trace, and all that they hold
    /// would be in the log otherwise: the environment of every function, and where the files lie.
    var description: String { "\(type(of: service))" }
}
