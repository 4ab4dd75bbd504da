import GRDB

/// The versions of the SQLite schema. A released migration never changes; a new version adds another one.
enum SchemaVersion {
    /// A later version of this module wrote the database.
    struct TooNew: Error {}

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            // AUTOINCREMENT: the ID of a deleted table must not be reused while a request still refers to it.
            try db.execute(
                sql: """
                    CREATE TABLE tables (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, definition BLOB NOT NULL
                    );
                    CREATE TABLE statistics (
                        entries TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }
}
