import CSQLite

/// One execution of a prepared statement.
struct StatementCursor: ~Copyable {
    /// SQLITE_TRANSIENT: SQLite copies the bound value.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private let prepared: SQLiteConnection.Statement
    private var statement: OpaquePointer { prepared.handle }

    init(_ sql: String, in db: SQLiteConnection) throws(SQLiteError) { prepared = try db.prepared(sql) }

    deinit {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    /// Binds the values to consecutive parameters. The first parameter of a statement is 1.
    func bind(_ values: [UInt8]..., from first: Int32 = 1) {
        for (index, bytes) in zip(first..., values) {
            // The pointer to an empty array is not null either; SQLite would bind NULL otherwise.
            sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), Self.transient)
        }
    }

    func bind(_ value: Int, at index: Int32) { sqlite3_bind_int64(statement, index, Int64(value)) }

    func bind(_ text: String, at index: Int32) { sqlite3_bind_text(statement, index, text, -1, Self.transient) }

    /// Steps to the next row; returns false after the last one.
    func next() throws(SQLiteError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteError.last(on: sqlite3_db_handle(statement))
        }
    }

    /// The bytes of a column, which are valid until the next step.
    func bytes(at column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column))
        )
    }

    func int(at column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
}
