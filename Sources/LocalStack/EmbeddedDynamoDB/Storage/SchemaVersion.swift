import GRDB

/// The versions of the database's format. A migration that has been released is never changed, only followed by another.
enum SchemaVersion {
    /// The database was written by a later version of this module.
    struct IsNewer: Error {}

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            // AUTOINCREMENT: the id of a deleted table must not come back while a request still holds it.
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
