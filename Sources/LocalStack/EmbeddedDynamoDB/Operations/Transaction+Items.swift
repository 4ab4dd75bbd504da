/// Changes of single items, each with those of its indexes.
extension Transaction {
    /// An item as it is in the table.
    struct StoredItem {
        let entry: ItemTable.Entry
        let item: AttributeMap
    }

    func item(at key: StorageKey, in table: Table) throws -> StoredItem? {
        guard let entry = try table.entries.entry(at: key, in: db) else { return nil }
        return StoredItem(entry: entry, item: try entry.item())
    }

    /// Replaces `old`, the item at `key`, by `new`, in the table and its indexes; either may be nil.
    ///
    /// - Returns: The capacity that it consumes.
    mutating func replaceItem(
        _ old: StoredItem?,
        by new: AttributeMap?,
        at key: StorageKey,
        in table: Table
    ) throws -> Capacity {
        let entry = new.map { ItemTable.Entry(json: $0.json, size: $0.size) }
        try replace(old?.entry, by: entry, at: key, in: table.entries)
        var capacity = Capacity(table: Capacity.ofWrite(max(old?.entry.size ?? 0, entry?.size ?? 0)))
        for index in table.indexes {
            let before = old.flatMap { index.projected($0.item) }
            let after = new.flatMap(index.projected)
            guard before != after else { continue }
            let oldKey = before.flatMap { StorageKey(of: $0, in: index, of: table.schema) }
            let newKey = after.flatMap { StorageKey(of: $0, in: index, of: table.schema) }
            let oldEntry = before.map { ItemTable.Entry(json: [], size: $0.size) }
            let newEntry = after.map { part in
                if index.projectsAll, let entry { return entry }
                return ItemTable.Entry(json: part.json, size: part.size)
            }
            var units = 0.0
            if let oldKey, oldKey != newKey {
                try replace(oldEntry, by: nil, at: oldKey, in: index.entries)
                units += Capacity.ofWrite(oldEntry?.size ?? 0)
            }
            if let newKey {
                try replace(oldKey == newKey ? oldEntry : nil, by: newEntry, at: newKey, in: index.entries)
                units += Capacity.ofWrite(newEntry?.size ?? 0)
            }
            capacity.indexes[index.name] = units
        }
        return capacity
    }
}
