import GRDB
import GRDBSQLite

/// What prepares statements and keeps them: a connection of SQLite's.
protocol StatementSource {
    /// The prepared statement of that text, which nobody else is executing.
    func prepared(_ sql: String) throws -> OpaquePointer
}

extension Database: StatementSource {
    func prepared(_ sql: String) throws -> OpaquePointer { try cachedStatement(sql: sql).sqliteStatement }
}

/// One execution of a prepared statement, straight through SQLite's own interface: what a statement is given and what it
/// gives is not boxed on the way.
struct StatementCursor: ~Copyable {
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private let statement: OpaquePointer

    init(_ sql: String, in source: some StatementSource) throws {
        statement = try source.prepared(sql)
    }

    deinit {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    /// Gives the parameters from `first` on, which count from 1, these values.
    func bind(_ values: [UInt8]..., from first: Int32 = 1) {
        for (index, bytes) in zip(first..., values) {
            // Without an address it would be NULL.
            guard !bytes.isEmpty else {
                sqlite3_bind_zeroblob(statement, index, 0)
                continue
            }
            bytes.withUnsafeBytes { bytes in
                _ = sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), Self.copied)
            }
        }
    }

    func bind(_ value: Int, at index: Int32) { sqlite3_bind_int64(statement, index, Int64(value)) }

    func bind(_ text: String, at index: Int32) { sqlite3_bind_text(statement, index, text, -1, Self.copied) }

    /// Goes on to the next row; false when there is none.
    func next() throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(statement)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// The bytes in a column of the row, which are valid until the next one.
    func bytes(at column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, column),
            count: Int(sqlite3_column_bytes(statement, column))
        )
    }

    func int(at column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
}
