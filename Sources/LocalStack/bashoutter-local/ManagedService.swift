import ServiceLifecycle

/// A service with a short description, which ServiceLifecycle logs at the levels debug and trace. Otherwise it would log the
/// environment of every function and the paths of files.
struct ManagedService: Service, CustomStringConvertible {
    let description: String
    private let body: @Sendable () async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.description = description
        self.body = body
    }

    func run() async throws { try await body() }
}
