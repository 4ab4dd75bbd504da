import EmbeddedDynamoDB
import Glibc
import NIOCore
import ServiceLifecycle

/// A service of the stack, with the executor of its tasks and the option to name if its port is in use.
struct ManagedService: Service {
    private let service: any Service
    private let port: Int
    private let option: String

    init(_ service: any Service, port: Int = 0, option: String = "") {
        self.service = service
        self.port = port
        self.option = option
    }

    func run() async throws {
        do {
            try await service.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartupError.portInUse(port, option: option, by: PortOwner(port: port))
        } catch EmbeddedDynamoDB.StartError.portInUse(let port) {
            throw StartupError.portInUse(port, option: option, by: PortOwner(port: port))
        }
    }
}

extension ManagedService: CustomStringConvertible {
    /// Only the type's name: ServiceLifecycle logs the descriptions of its services at the levels debug and trace, which
    /// would otherwise include the environment of every function and the paths of files.
    var description: String { "\(type(of: service))" }
}
