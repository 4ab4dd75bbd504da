/// The version of the SQLite schema, which is the database's `user_version`.
enum SchemaVersion {
    /// A later version of this module wrote the database.
    struct TooNew: Error {}

    private static let current = 1

    static func migrate(_ db: SQLiteConnection) throws {
        let cursor = try StatementCursor("PRAGMA user_version", in: db)
        let version = try cursor.next() ? cursor.int(at: 0) : 0
        guard version <= current else { throw TooNew() }
        guard version < current else { return }
        // IF NOT EXISTS: a database from before this module set user_version has the tables.
        // AUTOINCREMENT: the ID of a deleted table must not be reused while a request still refers to it.
        try db.execute(
            """
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS tables (
                id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, definition BLOB NOT NULL
            );
            CREATE TABLE IF NOT EXISTS statistics (
                entries TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL
            ) WITHOUT ROWID;
            PRAGMA user_version = \(current);
            COMMIT
            """
        )
    }
}
