import CSQLite

/// An error that SQLite reported.
struct SQLiteError: Error, CustomStringConvertible {
    /// An extended result code (sqlite.org: "Result and Error Codes").
    let code: Int32
    let message: String

    var description: String { "SQLite error \(code): \(message)" }

    /// The error of the last call on `connection`.
    static func last(on connection: OpaquePointer?) -> SQLiteError {
        SQLiteError(code: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
    }
}
