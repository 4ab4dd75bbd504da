/// Reads and writes items together with their projections in the indexes.
extension Transaction {
    /// An item and the row that contains it.
    struct StoredItem {
        let row: ItemTable.Row
        let item: AttributeMap
    }

    func item(at key: StorageKey, in table: Table) throws -> StoredItem? {
        guard let row = try table.items.row(at: key, in: db) else { return nil }
        return StoredItem(row: row, item: try row.item())
    }

    /// Adds the items of `table` to its new index `index`. Like the service, skips items that lack an index key or have
    /// one of another type.
    mutating func fill(_ index: SecondaryIndex, of table: Table) throws {
        try table.items.visit(.all, in: db) { json, _ in
            let item = try AttributeReader.readStored(json)
            guard let part = index.projected(item), let key = StorageKey(of: item, in: index, of: table.schema) else {
                return true
            }
            try replace(nil, with: ItemTable.Row(json: part.json, size: part.size), at: key, in: index.items)
            return true
        }
    }

    /// Replaces the item `old` at `key` with `new` in the table and its indexes; either may be nil.
    ///
    /// - Returns: The consumed capacity.
    mutating func replaceItem(
        _ old: StoredItem?,
        with new: AttributeMap?,
        at key: StorageKey,
        in table: Table
    ) throws -> ConsumedCapacity {
        let row = new.map { ItemTable.Row(json: $0.json, size: $0.size) }
        try replace(old?.row, with: row, at: key, in: table.items)
        var capacity = ConsumedCapacity(table: ConsumedCapacity.ofWrite(max(old?.row.size ?? 0, row?.size ?? 0)))
        for index in table.indexes {
            let before = old.flatMap { index.projected($0.item) }
            let after = new.flatMap(index.projected)
            guard before != after else { continue }
            let oldKey = before.flatMap { StorageKey(of: $0, in: index, of: table.schema) }
            let newKey = after.flatMap { StorageKey(of: $0, in: index, of: table.schema) }
            let oldRow = before.map { ItemTable.Row(json: [], size: $0.size) }
            let newRow = after.map { part in
                if index.projection == nil, let row { return row }
                return ItemTable.Row(json: part.json, size: part.size)
            }
            var units = 0.0
            if let oldKey, oldKey != newKey {
                try replace(oldRow, with: nil, at: oldKey, in: index.items)
                units += ConsumedCapacity.ofWrite(oldRow?.size ?? 0)
            }
            if let newKey {
                try replace(oldKey == newKey ? oldRow : nil, with: newRow, at: newKey, in: index.items)
                units += ConsumedCapacity.ofWrite(newRow?.size ?? 0)
            }
            capacity.indexes[index.name] = units
        }
        return capacity
    }
}
