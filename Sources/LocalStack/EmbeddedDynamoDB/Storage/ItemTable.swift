import GRDB

/// The SQLite table that holds the items of a table, or of an index, in the order of their keys.
struct ItemTable: Sendable {
    let name: String
    private let selectOne: String
    private let insert: String
    private let delete: String
    /// The statements that read a range, each at the raw value of its kind.
    private let selects: [String]

    init(name: String) {
        self.name = name
        selectOne = "SELECT item, size FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
        insert = "INSERT OR REPLACE INTO \(name) (partition, sort, owner, size, item) VALUES (?, ?, ?, ?, ?)"
        delete = "DELETE FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
        selects = (0...RangeKind.all.rawValue).map { RangeKind(rawValue: $0).select(from: name) }
    }

    func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE \(name) (
                    partition BLOB NOT NULL, sort BLOB NOT NULL, owner BLOB NOT NULL,
                    size INTEGER NOT NULL, item BLOB NOT NULL,
                    PRIMARY KEY (partition, sort, owner)
                ) WITHOUT ROWID
                """
        )
        try db.execute(sql: "INSERT INTO statistics (entries, count, bytes) VALUES (?, 0, 0)", arguments: [name])
    }

    func drop(in db: Database) throws {
        try db.execute(sql: "DROP TABLE \(name)")
        try db.execute(sql: "DELETE FROM statistics WHERE entries = ?", arguments: [name])
    }

    /// An entry as it is stored: DynamoDB JSON, and the size by which DynamoDB counts the item.
    struct Entry: Sendable {
        let json: [UInt8]
        let size: Int

        func item() throws -> AttributeMap {
            try json.withUnsafeBytes { try AttributeReader.readStored($0) }
        }
    }

    func entry(at key: StorageKey, in source: some StatementSource) throws -> Entry? {
        let found = try StatementCursor(selectOne, in: source)
        found.bind(key.partition, key.sort, key.owner)
        guard try found.next() else { return nil }
        return Entry(json: Array(found.bytes(at: 0)), size: found.int(at: 1))
    }

    func put(_ entry: Entry, at key: StorageKey, in db: Database) throws {
        let statement = try StatementCursor(insert, in: db)
        statement.bind(key.partition, key.sort, key.owner)
        statement.bind(entry.size, at: 4)
        statement.bind(entry.json, from: 5)
        _ = try statement.next()
    }

    func remove(at key: StorageKey, in db: Database) throws {
        let statement = try StatementCursor(delete, in: db)
        statement.bind(key.partition, key.sort, key.owner)
        _ = try statement.next()
    }

    /// Calls `visit` with the JSON, which is valid only during the call, and the size of each entry of `range`, in
    /// order, until it returns false.
    func visit(
        _ range: StorageKeyRange,
        in source: some StatementSource,
        _ visit: (UnsafeRawBufferPointer, Int) throws -> Bool
    ) throws {
        let entries = try StatementCursor(selects[RangeKind(range).rawValue], in: source)
        var next: Int32 = 1
        if let partition = range.partition {
            entries.bind(partition)
            next = 2
        }
        for position in [range.lower, range.upper] {
            guard let position else { continue }
            if range.partition == nil {
                entries.bind(position.partition, from: next)
                next += 1
            }
            entries.bind(position.sort, position.owner, from: next)
            next += 2
        }
        while try entries.next() {
            guard try visit(entries.bytes(at: 0), entries.int(at: 1)) else { return }
        }
    }

    /// What tells the statements that read ranges apart.
    fileprivate struct RangeKind: OptionSet {
        let rawValue: Int

        static let query = RangeKind(rawValue: 1)
        static let bounded = RangeKind(rawValue: 2)
        static let reversed = RangeKind(rawValue: 4)
        static let all: RangeKind = [query, bounded, reversed]

        func select(from name: String) -> String {
            let columns = contains(.query) ? ["sort", "owner"] : ["partition", "sort", "owner"]
            let row = "(\(columns.joined(separator: ", ")))"
            let places = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
            let direction = contains(.reversed) ? " DESC" : ""
            return "SELECT item, size FROM \(name) WHERE " + (contains(.query) ? "partition = ? AND " : "")
                + "\(row) >= \(places)" + (contains(.bounded) ? " AND \(row) < \(places)" : "")
                + " ORDER BY " + columns.map { $0 + direction }.joined(separator: ", ")
        }
    }
}

extension ItemTable.RangeKind {
    fileprivate init(_ range: StorageKeyRange) {
        self = []
        if range.partition != nil { insert(.query) }
        if range.upper != nil { insert(.bounded) }
        if range.isReversed { insert(.reversed) }
    }
}
