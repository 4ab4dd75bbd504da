import GRDB
import GRDBSQLite
import Synchronization

/// Connections that read, as many as are used at a time. Each reads on the caller's own thread, beside the writer.
final class ReaderPool: Sendable {
    private let path: String
    private let idle = Mutex<[Reader]>([])

    init(path: String) {
        self.path = path
    }

    func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        let reader = try idle.withLock { $0.popLast() } ?? Reader(path: path)
        defer { idle.withLock { $0.append(reader) } }
        return try body(reader)
    }

    func close() { idle.withLock { $0.removeAll() } }
}

/// A connection that reads, and its prepared statements.
///
/// It may be sent between threads: ``Readers`` gives it to one at a time, and only while `body` runs.
final class Reader: StatementSource, @unchecked Sendable {
    /// There are some statements for each table, and there can be very many tables.
    private static let maximumStatements = 200

    private let connection: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    fileprivate init(path: String) throws {
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        self.connection = connection
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        sqlite3_busy_timeout(connection, 5_000)
        sqlite3_exec(connection, "PRAGMA cache_size = -8000", nil, nil, nil)
    }

    deinit {
        forgetStatements()
        sqlite3_close(connection)
    }

    func prepared(_ sql: String) throws -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.maximumStatements { forgetStatements() }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement else {
            let message = String(cString: sqlite3_errmsg(connection))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        statements[sql] = statement
        return statement
    }

    private func forgetStatements() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
    }
}
