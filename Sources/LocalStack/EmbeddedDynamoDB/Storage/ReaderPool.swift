import Synchronization

/// A pool of read-only connections, which grows with the number of concurrent reads. Reads run on the calling thread,
/// concurrently with the writer.
final class ReaderPool: Sendable {
    private let path: String
    private let idle = Mutex<[SQLiteConnection]>([])

    init(path: String) { self.path = path }

    func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        let reader = try idle.withLock { $0.popLast() } ?? SQLiteConnection(path: path, isReadOnly: true)
        defer { idle.withLock { $0.append(reader) } }
        return try body(reader)
    }

    func close() { idle.withLock { $0.removeAll() } }
}
