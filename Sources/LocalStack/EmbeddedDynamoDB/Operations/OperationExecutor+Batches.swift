import JSON

/// BatchGetItem and BatchWriteItem.
extension OperationExecutor {
    private static let maximumResponseSize = 16 * 1024 * 1024
    /// BatchGetItem reads up to 1 MB of a partition. A table is one partition here, as a small one is on AWS.
    private static let maximumPartitionSize = 1024 * 1024
    private static let duplicates = ServiceError.validation("Provided list of item keys contains duplicates")

    func batchGetItem(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        var requests: [(table: String, request: ItemRequest)] = []
        let detail = try Self.readBatch(body) { reader, table in
            requests.append((table, try ItemRequest(.batchGetItem, from: &reader)))
        }
        guard !requests.isEmpty else {
            throw ServiceError.validation("The requestItems parameter is required for BatchGetItem")
        }
        try Self.checkNames(requests.map(\.table))
        guard requests.reduce(0, { $0 + ($1.request.keys?.count ?? 0) }) <= 100 else {
            let table = requests.first { ($0.request.keys?.count ?? 0) > 100 }?.table
            throw ServiceError.validation(
                table.map {
                    "1 validation error detected: Value at 'RequestItems.\($0).member.Keys' failed to satisfy "
                        + "constraint: Member must have length less than or equal to 100"
                } ?? "Too many items requested for the BatchGetItem call"
            )
        }
        var plans: [(table: Table, keys: [AttributeMap], projection: Projection?, isConsistent: Bool)] = []
        for (name, request) in requests {
            try principal.authorize(.batchGetItem, table: name)
            try request.checkParameters()
            var constraints = Constraints()
            constraints.checkPresent(request.keys != nil, at: "requestItems.\(name).member.keys")
            constraints.check(
                request.keys?.isEmpty != true,
                "[]",
                at: "requestItems.\(name).member.keys",
                "have length greater than or equal to 1"
            )
            try constraints.throwViolations()
            var placeholders = try request.placeholders()
            let projection = try request.projection(&placeholders)
            try placeholders.checkAllUsed()
            let keys = try (request.keys ?? []).map { try $0.validated() }
            guard Set(keys).count == keys.count else { throw Self.duplicates }
            plans.append(
                (try store.table(named: name), keys, projection, request.booleans[.consistentRead] ?? false)
            )
        }
        for plan in plans { for key in plan.keys { try plan.table.check(key: key) } }

        var responseSize = 0
        var unprocessed: [(table: String, keys: [AttributeMap])] = []
        var capacities: [(table: String, capacity: ConsumedCapacity)] = []
        var writer = JSONWriter(capacity: 4096)
        try writer.object { writer in
            writer.key("Responses")
            try writer.object { writer in
                for plan in plans {
                    var (units, tableSize, left) = (0.0, 0, [AttributeMap]())
                    writer.key(plan.table.name)
                    try writer.array {
                        for key in plan.keys {
                            guard left.isEmpty else {
                                left.append(key)
                                continue
                            }
                            let row = try row(at: key, in: plan.table, plan.projection)
                            let size = row?.size ?? 0
                            guard tableSize + size <= Self.maximumPartitionSize,
                                responseSize + size <= Self.maximumResponseSize
                            else {
                                left.append(key)
                                continue
                            }
                            (responseSize, tableSize) = (responseSize + size, tableSize + size)
                            units += ConsumedCapacity.ofRead(size, isConsistent: plan.isConsistent)
                            if let row { try $0.item(row.json, plan.projection) }
                        }
                    }
                    capacities.append((plan.table.name, ConsumedCapacity(table: units)))
                    if !left.isEmpty { unprocessed.append((plan.table.name, left)) }
                }
            }
            writer.key("UnprocessedKeys")
            writer.object { writer in
                for (table, keys) in unprocessed {
                    guard let request = requests.first(where: { $0.table == table })?.request else { continue }
                    writer.key(table)
                    writer.object { $0.unprocessed(keys, of: request) }
                }
            }
            writer.capacities(capacities, for: detail)
        }
        return writer.bytes
    }

    private struct Write {
        var put: UnvalidatedAttribute<AttributeMap>?
        var delete: UnvalidatedAttribute<AttributeMap>?
    }

    func batchWriteItem(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        var requests: [(table: String, writes: [Write])] = []
        let detail = try Self.readBatch(body) { reader, table in
            let writes = try reader.readArray { reader in
                var write = Write()
                try reader.readObject { reader, kind in
                    let member = kind.string == "PutRequest" ? "Item" : "Key"
                    try reader.readObject { reader, key in
                        guard key.string == member else { return _ = try reader.skipValue() }
                        let attributes = try AttributeReader.readMap(from: &reader)
                        if kind.string == "PutRequest" { write.put = attributes }
                        if kind.string == "DeleteRequest" { write.delete = attributes }
                    }
                }
                return write
            }
            requests.append((table, writes))
        }
        guard !requests.isEmpty else {
            throw ServiceError.validation("The requestItems parameter is required for BatchWriteItem")
        }
        try Self.checkNames(requests.map(\.table))
        for (table, writes) in requests where writes.isEmpty || writes.count > 25 {
            throw ServiceError.validation(
                "1 validation error detected: Value '{\(table)=[\(writes.count) requests]}' at 'requestItems' failed to satisfy constraint: "
                    + "Map value must satisfy constraint: [Member must have length less than or equal to 25, "
                    + "Member must have length greater than or equal to 1]"
            )
        }
        guard requests.reduce(0, { $0 + $1.writes.count }) <= 25 else {
            throw ServiceError.validation("Too many items requested for the BatchWriteItem call")
        }
        for (name, writes) in requests {
            try principal.authorize(.batchWriteItem, table: name)
            for write in writes { try Self.check(write) }
        }
        var changes: [(table: Table, key: StorageKey, item: AttributeMap?)] = []
        for (name, writes) in requests {
            let table = try store.table(named: name)
            var seen: Set<StorageKey> = []
            for write in writes {
                let change = try Self.change(write, in: table)
                guard seen.insert(change.key).inserted else { throw Self.duplicates }
                changes.append((table, change.key, change.item))
            }
        }
        let writes = changes
        let capacities = try await store.write(to: writes.map(\.table)) { transaction, tables in
            var capacities: [String: ConsumedCapacity] = [:]
            for (table, (_, key, item)) in zip(tables, writes) {
                let old = try transaction.item(at: key, in: table)
                let capacity = try transaction.replaceItem(old, with: item, at: key, in: table)
                capacities[table.name] = capacities[table.name].map { $0 + capacity } ?? capacity
            }
            return capacities
        }
        var writer = JSONWriter()
        writer.object {
            $0.key("UnprocessedItems")
            $0.object { _ in }
            $0.capacities(requests.map { ($0.table, capacities[$0.table] ?? ConsumedCapacity()) }, for: detail)
        }
        return writer.bytes
    }

    /// The checks that need no table, which come before the error for a missing one.
    private static func check(_ write: Write) throws(ServiceError) {
        let item = try write.put?.validated()
        let key = try write.delete?.validated()
        guard (item == nil) != (key == nil) else {
            throw .validation(
                "Supplied AttributeValue has more than one datatypes set, "
                    + "must contain exactly one of the supported datatypes"
            )
        }
        guard (item?.size ?? 0) <= AttributeMap.maximumItemSize else {
            throw .validation("Item size has exceeded the maximum allowed size")
        }
    }

    private static func change(
        _ write: Write,
        in table: Table
    ) throws(ServiceError) -> (key: StorageKey, item: AttributeMap?) {
        let key: StorageKey?
        let item = write.put?.value
        if let item {
            let isKeyed = table.schema.attributes.allSatisfy { item[$0.name]?.kind == $0.type }
            guard isKeyed else { throw .keyDoesNotMatchSchema }
            try table.check(item: item)
            key = StorageKey(of: item, in: table.schema)
        } else {
            let deleted = write.delete?.value ?? AttributeMap()
            try table.check(key: deleted)
            key = StorageKey(of: deleted, in: table.schema)
        }
        guard let key else { throw .keyDoesNotMatchSchema }
        return (key, item)
    }

    /// Reads a body, calls `request` for each table in RequestItems, and returns ReturnConsumedCapacity.
    private static func readBatch(
        _ body: [UInt8],
        _ request: (inout JSONReader, String) throws -> Void
    ) throws -> ConsumedCapacity.Detail? {
        var (detail, metrics): (String?, String?)
        try body.readJSON { reader in
            try reader.readObject { reader, key in
                switch key {
                case "RequestItems": try reader.readObject { try request(&$0, $1.string) }
                case "ReturnConsumedCapacity": detail = try reader.readParameter(String.self)
                case "ReturnItemCollectionMetrics": metrics = try reader.readParameter(String.self)
                default: try reader.skipValue()
                }
            }
        }
        var constraints = Constraints()
        constraints.check(detail, at: "returnConsumedCapacity", isOneOf: ["INDEXES", "TOTAL", "NONE"])
        constraints.check(metrics, at: "returnItemCollectionMetrics", isOneOf: ["SIZE", "NONE"])
        try constraints.throwViolations()
        return detail.flatMap(ConsumedCapacity.Detail.init)
    }

    private static func checkNames(_ tables: [String]) throws(ServiceError) {
        for table in tables where !NamingRules.isWellFormed(table) || !(3...255).contains(table.utf8.count) {
            throw .validation(
                "1 validation error detected: Value '\(table)' at 'requestItems' failed to satisfy constraint: "
                    + "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "
                    + "Member must have length greater than or equal to 3, "
                    + "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
            )
        }
    }
}

extension JSONWriter {
    fileprivate mutating func capacities(
        _ capacities: [(table: String, capacity: ConsumedCapacity)],
        for detail: ConsumedCapacity.Detail?
    ) {
        guard let detail else { return }
        key("ConsumedCapacity")
        array { for (table, capacity) in capacities { $0.capacityValue(capacity, of: table, detail) } }
    }

    fileprivate mutating func unprocessed(_ keys: [AttributeMap], of request: ItemRequest) {
        key("Keys")
        array { for key in keys { $0.attributes(key) } }
        if let projection = request[.projectionExpression] { member("ProjectionExpression", projection) }
        if let isConsistent = request.booleans[.consistentRead] { member("ConsistentRead", isConsistent) }
        guard let names = request.names else { return }
        key("ExpressionAttributeNames")
        object { for (name, value) in names { $0.key(name); $0.string(value) } }
    }
}
