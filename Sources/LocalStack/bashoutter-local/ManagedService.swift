import ServiceLifecycle

/// A service that describes itself by its type's name. ServiceLifecycle logs the descriptions of its services at the levels
/// debug and trace, which would otherwise include the environment of every function and the paths of files.
struct ManagedService: Service, CustomStringConvertible {
    private let service: any Service

    init(_ service: any Service) { self.service = service }

    var description: String { "\(type(of: service))" }

    func run() async throws { try await service.run() }
}
