import CSQLite

/// A connection to the database, and its prepared statements.
///
/// Unchecked `Sendable`: one thread at a time uses a connection. ``ReaderPool`` lends readers, and only
/// ``GroupCommitter``'s queue uses the writer.
final class SQLiteConnection: @unchecked Sendable {
    final class Statement {
        let handle: OpaquePointer

        init(_ handle: OpaquePointer) { self.handle = handle }

        deinit { sqlite3_finalize(handle) }
    }

    /// When there are this many, all are released: each table has several, and the number of tables is unlimited.
    private static let maximumStatements = 200

    private var handle: OpaquePointer?
    private var statements: [String: Statement] = [:]

    init(path: String, isReadOnly: Bool = false) throws(SQLiteError) {
        let mode = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        guard sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
            throw SQLiteError.last(on: handle)
        }
        sqlite3_busy_timeout(handle, 5_000)
        // Some systems default to synchronous = NORMAL in WAL mode, which can lose the last commits in a power failure.
        try execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000")
    }

    deinit { close() }

    /// Later calls fail.
    func close() {
        statements = [:]
        sqlite3_close_v2(handle)
        handle = nil
    }

    var lastInsertedRowID: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// Returns the prepared statement for `sql`. No other cursor may be using it.
    func prepared(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.maximumStatements { statements = [:] }
        var compiled: OpaquePointer?
        sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
        guard let compiled else { throw SQLiteError.last(on: handle) }
        let statement = Statement(compiled)
        statements[sql] = statement
        return statement
    }

    /// Executes statements without parameters, separated by semicolons.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError.last(on: handle) }
    }
}
