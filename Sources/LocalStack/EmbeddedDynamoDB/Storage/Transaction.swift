/// An open write transaction, which tracks the changes of the item count and size of each table and index.
struct Transaction {
    let db: SQLiteConnection
    /// Called after the commit.
    var onCommit: () -> Void = {}
    private var changes: [String: (count: Int, bytes: Int)] = [:]

    init(_ db: SQLiteConnection) { self.db = db }

    /// Replaces the row `old` at `key` with `new`; either may be nil.
    mutating func replace(
        _ old: ItemTable.Row?,
        with new: ItemTable.Row?,
        at key: StorageKey,
        in items: ItemTable
    ) throws {
        if let new {
            try items.put(new, at: key, in: db)
        } else if old != nil {
            try items.remove(at: key, in: db)
        }
        changes[items.name, default: (0, 0)].count += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
        changes[items.name, default: (0, 0)].bytes += (new?.size ?? 0) - (old?.size ?? 0)
    }

    func writeStatistics() throws {
        for (table, change) in changes where change != (0, 0) {
            let update = "UPDATE statistics SET count = count + ?, bytes = bytes + ? WHERE entries = ?"
            let cursor = try StatementCursor(update, in: db)
            cursor.bind(change.count, at: 1)
            cursor.bind(change.bytes, at: 2)
            cursor.bind(table, at: 3)
            _ = try cursor.next()
        }
    }
}
