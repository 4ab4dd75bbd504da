import Foundation
import GRDB

/// The SQLite table that holds the items of a table, or of an index, in the order of their keys.
struct EntryTable: Sendable {
    let name: String
    private let selectOne: String
    private let insert: String
    private let delete: String

    init(name: String) {
        self.name = name
        selectOne = "SELECT item, size FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
        insert = "INSERT OR REPLACE INTO \(name) (partition, sort, owner, size, item) VALUES (?, ?, ?, ?, ?)"
        delete = "DELETE FROM \(name) WHERE partition = ? AND sort = ? AND owner = ?"
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

    func entry(at key: EntryKey, in db: Database) throws -> Entry? {
        let statement = try db.cachedStatement(sql: selectOne)
        statement.setUncheckedArguments([Data(key.partition), Data(key.sort), Data(key.owner)])
        let cursor = try Row.fetchCursor(statement)
        // The row is gone when the cursor is.
        return try withExtendedLifetime(cursor) {
            guard let row = try cursor.next() else { return nil }
            return Entry(json: try row.withUnsafeData(atIndex: 0) { Array($0 ?? Data()) }, size: row[1])
        }
    }

    func put(_ entry: Entry, at key: EntryKey, in db: Database) throws {
        let statement = try db.cachedStatement(sql: insert)
        statement.setUncheckedArguments([
            Data(key.partition), Data(key.sort), Data(key.owner), entry.size, Data(entry.json),
        ])
        try statement.execute()
    }

    func remove(at key: EntryKey, in db: Database) throws {
        let statement = try db.cachedStatement(sql: delete)
        statement.setUncheckedArguments([Data(key.partition), Data(key.sort), Data(key.owner)])
        try statement.execute()
    }

    /// Calls `visit` with the JSON, which is valid only during the call, and the size of each entry of `range`, in
    /// order, until it returns false.
    func visit(
        _ range: EntryRange,
        in db: Database,
        _ visit: (UnsafeRawBufferPointer, Int) throws -> Bool
    ) throws {
        let isQuery = range.partition != nil
        let columns = isQuery ? ["sort", "owner"] : ["partition", "sort", "owner"]
        let row = "(\(columns.joined(separator: ", ")))"
        let places = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        var sql = "SELECT item, size FROM \(name) WHERE "
        var arguments: [Data] = []
        if let partition = range.partition {
            sql += "partition = ? AND "
            arguments.append(Data(partition))
        }
        sql += "\(row) >= \(places)"
        arguments += range.lower.values(isQuery)
        if let upper = range.upper {
            sql += " AND \(row) < \(places)"
            arguments += upper.values(isQuery)
        }
        let direction = range.isReversed ? " DESC" : ""
        sql += " ORDER BY " + columns.map { $0 + direction }.joined(separator: ", ")

        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(arguments))
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            let goesOn = try row.withUnsafeData(atIndex: 0) { data in
                try (data ?? Data()).withUnsafeBytes { try visit($0, row[1]) }
            }
            guard goesOn else { return }
        }
    }
}

extension EntryRange.Position {
    fileprivate func values(_ isQuery: Bool) -> [Data] {
        (isQuery ? [sort, owner] : [partition, sort, owner]).map { Data($0) }
    }
}
