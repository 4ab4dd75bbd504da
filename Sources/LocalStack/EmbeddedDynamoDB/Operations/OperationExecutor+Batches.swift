import JSON

/// BatchGetItem and BatchWriteItem.
extension OperationExecutor {
    private static let maximumResponseSize = 16 * 1024 * 1024
    /// BatchGetItem reads up to 1 MB of a partition. A table is one partition here, as a small one is on AWS.
    private static let maximumPartitionSize = 1024 * 1024
    private static let duplicates = ServiceError.validation("Provided list of item keys contains duplicates")

    func batchGetItem(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let (requests, detail) = try Self.readBatch(.batchGetItem, body, .map(ObjectType.package + "KeysAndAttributes"))
        { reader in
            try ItemRequest(.batchGetItem, from: &reader)
        } checkModel: { requests, constraints in
            for (table, request) in requests where !constraints.isFull {
                let path = "requestItems.\(table).member.keys"
                let count = request.keys?.count ?? 1
                constraints.checkPresent(request.keys != nil, at: path)
                constraints.check(count >= 1, "[]", at: path, "have length greater than or equal to 1")
                constraints.check(
                    count <= ItemRequest.maximumKeys, "[\(count) keys]", at: path,
                    "have length less than or equal to \(ItemRequest.maximumKeys)"
                )
            }
        }
        guard requests.reduce(0, { $0 + ($1.request.keys?.count ?? 0) }) <= ItemRequest.maximumKeys else {
            throw ServiceError.validation("Too many items requested for the BatchGetItem call")
        }
        var plans: [(table: Table, keys: [AttributeMap], projection: Projection?, isConsistent: Bool)] = []
        for (name, request) in requests {
            try principal.authorize(.batchGetItem, table: name)
            try request.checkParameters()
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
        var hasPut = false
        var hasDelete = false
        var item: UnvalidatedAttribute<AttributeMap>?
        var key: UnvalidatedAttribute<AttributeMap>?

        init(from reader: inout JSONReader) throws {
            try reader.readObject(.structure("WriteRequest"), isElement: true) { reader, kind in
                switch kind {
                case "PutRequest":
                    hasPut = true
                    item = try Self.readMap("Item", of: "PutRequest", from: &reader)
                case "DeleteRequest":
                    hasDelete = true
                    key = try Self.readMap("Key", of: "DeleteRequest", from: &reader)
                default: try reader.skipValue()
                }
            }
        }

        private static func readMap(
            _ member: String,
            of type: String,
            from reader: inout JSONReader
        ) throws -> UnvalidatedAttribute<AttributeMap>? {
            var map: UnvalidatedAttribute<AttributeMap>?
            try reader.readObject(.structure(type)) { reader, key in
                if key.string == member {
                    map = try AttributeReader.readMap(from: &reader)
                } else {
                    try reader.skipValue()
                }
            }
            return map
        }
    }

    func batchWriteItem(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let type = ObjectType.map("java.util.List<\(ObjectType.package)WriteRequest>")
        let (requests, detail) = try Self.readBatch(.batchWriteItem, body, type) { reader in
            try reader.readArray(isElement: true) { try Write(from: &$0) }
        } checkModel: { requests, constraints in
            for (table, writes) in requests where !constraints.isFull {
                constraints.check(
                    (1...25).contains(writes.count), "{\(table)=[\(writes.count) requests]}", at: "requestItems",
                    "[Member must have length less than or equal to 25, "
                        + "Member must have length greater than or equal to 1]",
                    of: "Map value must satisfy constraint:"
                )
                for (number, write) in writes.prefix(25).enumerated() {
                    let path = "requestItems.\(table).member.\(number + 1).member"
                    constraints.checkPresent(!write.hasDelete || write.key != nil, at: path + ".deleteRequest.key")
                    constraints.checkPresent(!write.hasPut || write.item != nil, at: path + ".putRequest.item")
                }
            }
        }
        guard requests.reduce(0, { $0 + $1.request.count }) <= 25 else {
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
        let item = try write.item?.validated()
        let key = try write.key?.validated()
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
        let item = write.item?.value
        if let item {
            let isKeyed = table.schema.attributes.allSatisfy { item[$0.name]?.kind == $0.type }
            guard isKeyed else { throw .keyDoesNotMatchSchema }
            try table.check(item: item)
            key = StorageKey(of: item, in: table.schema)
        } else {
            let deleted = write.key?.value ?? AttributeMap()
            try table.check(key: deleted)
            key = StorageKey(of: deleted, in: table.schema)
        }
        guard let key else { throw .keyDoesNotMatchSchema }
        return (key, item)
    }

    /// Reads a body and checks the constraints of the service's API model.
    private static func readBatch<Request>(
        _ operation: Operation,
        _ body: [UInt8],
        _ type: ObjectType,
        _ request: (inout JSONReader) throws -> Request,
        checkModel: ([(table: String, request: Request)], inout Constraints) -> Void
    ) throws -> (requests: [(table: String, request: Request)], detail: ConsumedCapacity.Detail?) {
        var given: [(table: String, request: Request)]?
        var (detail, metrics): (String?, String?)
        try body.readJSON { reader in
            try reader.readObject(.structure(operation.rawValue + "Input")) { reader, key in
                switch key {
                case "RequestItems":
                    given = []
                    try reader.readObject(type) { reader, table in
                        // With so many tables there are too many items.
                        guard given?.count ?? 0 <= ItemRequest.maximumKeys else { return _ = try reader.skipValue() }
                        given?.append((table.string, try request(&reader)))
                    }
                case "ReturnConsumedCapacity": detail = try reader.readParameter(String.self)
                case "ReturnItemCollectionMetrics" where operation == .batchWriteItem:
                    metrics = try reader.readParameter(String.self)
                default: try reader.skipValue()
                }
            }
        }
        var constraints = Constraints()
        constraints.check(detail, at: "returnConsumedCapacity", isOneOf: ["INDEXES", "TOTAL", "NONE"])
        constraints.check(metrics, at: "returnItemCollectionMetrics", isOneOf: ["SIZE", "NONE"])
        constraints.checkPresent(given != nil, at: "requestItems")
        constraints.check(given?.isEmpty != true, "{}", at: "requestItems", "have length greater than or equal to 1")
        let requests = given ?? []
        for (table, _) in requests where !NamingRules.isWellFormed(table) || !(3...255).contains(table.utf8.count) {
            constraints.check(
                false, "{\(table)=…}", at: "requestItems",
                "[Member must have length less than or equal to 255, "
                    + "Member must have length greater than or equal to 3, "
                    + "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]",
                of: "Map keys must satisfy constraint:"
            )
            break
        }
        checkModel(requests, &constraints)
        try constraints.throwViolations()
        return (requests, detail.flatMap(ConsumedCapacity.Detail.init))
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
