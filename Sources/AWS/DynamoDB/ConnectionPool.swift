import Synchronization

/// Idle connections. The most recently used one is acquired first, since it is the likeliest to be alive.
final class ConnectionPool: Sendable {
    private let makeConnection: @Sendable () -> any HTTPConnectionProtocol
    private let idle = Mutex<[any HTTPConnectionProtocol]>([])

    init(_ makeConnection: @escaping @Sendable () -> any HTTPConnectionProtocol) {
        self.makeConnection = makeConnection
    }

    func acquire() -> any HTTPConnectionProtocol {
        idle.withLock { $0.popLast() } ?? makeConnection()
    }

    func release(_ connection: any HTTPConnectionProtocol) {
        idle.withLock { $0.append(connection) }
    }

    func removeAll() -> [any HTTPConnectionProtocol] {
        idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
    }
}
