import GRDB
import GRDBSQLite

/// A SQLite connection that caches its prepared statements.
protocol StatementSource {
    /// Returns the prepared statement for `sql`. No other cursor may be using it.
    func prepared(_ sql: String) throws -> OpaquePointer
}

extension Database: StatementSource {
    func prepared(_ sql: String) throws -> OpaquePointer { try cachedStatement(sql: sql).sqliteStatement }
}
