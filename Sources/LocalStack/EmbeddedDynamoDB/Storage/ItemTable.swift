/// The SQLite table that contains the items of a table or an index in key order.
struct ItemTable: Sendable {
    /// An item as DynamoDB JSON, and its size in bytes by DynamoDB's rules.
    struct Row: Sendable {
        let json: [UInt8]
        let size: Int

        func item() throws -> AttributeMap { try json.withUnsafeBytes { try AttributeReader.readStored($0) } }
    }

    let name: String
    private let selectRow: String
    private let insert: String
    private let delete: String
    private let selectAscending: String
    private let selectDescending: String

    init(name: String) {
        self.name = name
        selectRow = "SELECT item, size FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
        insert = "INSERT OR REPLACE INTO \(name) (partition, sort, owner, size, item) VALUES (?, ?, ?, ?, ?)"
        delete = "DELETE FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
        let selectRange = """
            SELECT item, size FROM \(name)
            WHERE (partition, sort, owner) >= (?, ?, ?) AND (partition, sort, owner) < (?, ?, ?) ORDER BY
            """
        selectAscending = selectRange + " partition, sort, owner"
        selectDescending = selectRange + " partition DESC, sort DESC, owner DESC"
    }

    func create(in db: SQLiteConnection) throws {
        try db.execute(
            """
            CREATE TABLE \(name) (
                partition BLOB NOT NULL, sort BLOB NOT NULL, owner BLOB NOT NULL,
                size INTEGER NOT NULL, item BLOB NOT NULL,
                PRIMARY KEY (partition, sort, owner)
            ) WITHOUT ROWID;
            INSERT INTO statistics (entries, count, bytes) VALUES ('\(name)', 0, 0)
            """
        )
    }

    func drop(in db: SQLiteConnection) throws {
        try db.execute("DROP TABLE \(name); DELETE FROM statistics WHERE entries = '\(name)'")
    }

    func row(at key: StorageKey, in db: SQLiteConnection) throws -> Row? {
        let cursor = try StatementCursor(selectRow, in: db)
        cursor.bind(key.partition, key.sort, key.owner)
        guard try cursor.next() else { return nil }
        return Row(json: Array(cursor.bytes(at: 0)), size: cursor.int(at: 1))
    }

    func put(_ row: Row, at key: StorageKey, in db: SQLiteConnection) throws {
        let cursor = try StatementCursor(insert, in: db)
        cursor.bind(key.partition, key.sort, key.owner)
        cursor.bind(row.size, at: 4)
        cursor.bind(row.json, from: 5)
        _ = try cursor.next()
    }

    func remove(at key: StorageKey, in db: SQLiteConnection) throws {
        let cursor = try StatementCursor(delete, in: db)
        cursor.bind(key.partition, key.sort, key.owner)
        _ = try cursor.next()
    }

    /// Calls `visit` for each row of `range` in order, until it returns false. Its arguments are the item's JSON, which
    /// is valid only during the call, and the item's size in bytes.
    func visit(
        _ range: StorageKeyRange,
        in db: SQLiteConnection,
        _ visit: (UnsafeRawBufferPointer, Int) throws -> Bool
    ) throws {
        let cursor = try StatementCursor(range.isReversed ? selectDescending : selectAscending, in: db)
        let (lower, upper) = (range.lower, range.upper)
        cursor.bind(lower.partition, lower.sort, lower.owner, upper.partition, upper.sort, upper.owner)
        while try cursor.next() {
            guard try visit(cursor.bytes(at: 0), cursor.int(at: 1)) else { return }
        }
    }
}
