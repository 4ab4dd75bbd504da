import GRDB
import GRDBSQLite

/// One execution of a prepared statement. It calls SQLite directly, since GRDB boxes every argument and column.
struct StatementCursor: ~Copyable {
    /// SQLITE_TRANSIENT: SQLite copies the bound value.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private let statement: OpaquePointer

    init(_ sql: String, in source: some StatementSource) throws { statement = try source.prepared(sql) }

    deinit {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    /// Binds the values to consecutive parameters. The first parameter of a statement is 1.
    func bind(_ values: [UInt8]..., from first: Int32 = 1) {
        for (index, bytes) in zip(first..., values) {
            // An empty array has no base address, and SQLite would bind NULL.
            guard !bytes.isEmpty else {
                sqlite3_bind_zeroblob(statement, index, 0)
                continue
            }
            bytes.withUnsafeBytes { bytes in
                _ = sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), Self.transient)
            }
        }
    }

    func bind(_ value: Int, at index: Int32) { sqlite3_bind_int64(statement, index, Int64(value)) }

    func bind(_ text: String, at index: Int32) { sqlite3_bind_text(statement, index, text, -1, Self.transient) }

    /// Steps to the next row; returns false after the last one.
    func next() throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(statement)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
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
