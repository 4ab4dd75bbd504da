import GRDB
import GRDBSQLite

/// A read-only connection and its prepared statements.
///
/// Unchecked `Sendable`: ``ReaderPool`` lends a reader to one thread at a time.
final class Reader: StatementSource, @unchecked Sendable {
    /// When there are this many, all are finalized: each table has several, and the number of tables is unlimited.
    private static let maximumStatements = 200

    private let connection: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    init(path: String) throws {
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        self.connection = connection
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        sqlite3_busy_timeout(connection, 5_000)
        sqlite3_exec(connection, "PRAGMA cache_size = -8000", nil, nil, nil)
    }

    deinit {
        finalizeStatements()
        sqlite3_close(connection)
    }

    func prepared(_ sql: String) throws -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.maximumStatements { finalizeStatements() }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement else {
            let message = String(cString: sqlite3_errmsg(connection))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        statements[sql] = statement
        return statement
    }

    private func finalizeStatements() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
    }
}
