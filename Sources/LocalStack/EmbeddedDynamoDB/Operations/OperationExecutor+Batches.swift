import JSON

/// BatchGetItem and BatchWriteItem.
extension OperationExecutor {
    private static let maximumResponseSize = 16 * 1024 * 1024
    /// BatchGetItem reads up to 1 MB of a partition. Here every table has one partition, as a small table has on AWS.
    private static let maximumPartitionSize = 1024 * 1024
    private static let duplicates = ServiceError.validation("Provided list of item keys contains duplicates")

    func batchGetItem(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let (requests, detail) = try Self.readBatch(.batchGetItem, body, .map(ObjectType.package + "KeysAndAttributes"))
        { reader in
            try ItemRequest(.batchGetItem, from: &reader)
        } checkModel: { requests, constraints in
            for (table, request) in requests where !constraints.isFull {
                let path = "requestItems.\(table).member.keys"
                let count = request.keys?.count
                constraints.checkPresent(count != nil, at: path)
                let value = count == 0 ? "[]" : "[\(count ?? 0) keys]"
                constraints.check(count, in: 1...ItemRequest.maximumKeys, "length", of: value, at: path)
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
            plans.append((try store.table(named: name), keys, projection, request.isConsistent))
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
                    var (units, tableSize) = (0.0, 0)
                    writer.key(plan.table.name)
                    try writer.array {
                        for (position, key) in plan.keys.enumerated() {
                            let row = try row(at: key, in: plan.table, plan.projection)
                            let size = row?.size ?? 0
                            guard tableSize + size <= Self.maximumPartitionSize,
                                responseSize + size <= Self.maximumResponseSize
                            else {
                                unprocessed.append((plan.table.name, Array(plan.keys[position...])))
                                break
                            }
                            (responseSize, tableSize) = (responseSize + size, tableSize + size)
                            units += ConsumedCapacity.ofRead(size, isConsistent: plan.isConsistent)
                            if let row { try $0.item(row.json, plan.projection) }
                        }
                    }
                    capacities.append((plan.table.name, ConsumedCapacity(table: units)))
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
        private enum Kind: String { case put = "PutRequest", delete = "DeleteRequest" }

        /// The Item of a PutRequest and the Key of a DeleteRequest; the inner nil stands for a missing one.
        private var attributes: [Kind: UnvalidatedAttribute<AttributeMap>?] = [:]

        var item: UnvalidatedAttribute<AttributeMap>? { attributes[.put] ?? nil }
        var key: UnvalidatedAttribute<AttributeMap>? { attributes[.delete] ?? nil }

        init(from reader: inout JSONReader) throws {
            try reader.readObject(.structure("WriteRequest"), isElement: true) { reader, name in
                guard let kind = Kind(rawValue: name.string) else { return _ = try reader.skipValue() }
                var map: UnvalidatedAttribute<AttributeMap>?
                try reader.readObject(.structure(kind.rawValue)) { reader, name in
                    if name.string == (kind == .put ? "Item" : "Key") {
                        map = try AttributeReader.readMap(from: &reader)
                    } else {
                        try reader.skipValue()
                    }
                }
                attributes.updateValue(map, forKey: kind)
            }
        }

        func checkModel(at path: String, _ constraints: inout Constraints) {
            if let key = attributes[.delete] { constraints.checkPresent(key != nil, at: path + ".deleteRequest.key") }
            if let item = attributes[.put] { constraints.checkPresent(item != nil, at: path + ".putRequest.item") }
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
                    "[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
                    of: "Map value must satisfy constraint:"
                )
                for (number, write) in writes.prefix(25).enumerated() {
                    write.checkModel(at: "requestItems.\(table).member.\(number + 1).member", &constraints)
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
                let key = try Self.key(of: write, in: table)
                guard seen.insert(key).inserted else { throw Self.duplicates }
                changes.append((table, key, write.item?.value))
            }
        }
        let writes = changes
        let capacities = try await store.write(to: writes.map(\.table)) { transaction, tables in
            var capacities: [String: ConsumedCapacity] = [:]
            for (table, (_, key, item)) in zip(tables, writes) {
                let old = try transaction.item(at: key, in: table)
                let capacity = try transaction.replaceItem(old, with: item, at: key, in: table)
                capacities[table.name, default: ConsumedCapacity()] += capacity
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
        guard (item == nil) != (key == nil) else { throw .validation(AttributeReader.severalTypes) }
        try item?.checkSize()
    }

    private static func key(of write: Write, in table: Table) throws(ServiceError) -> StorageKey {
        let attributes = write.item?.value ?? write.key?.value ?? AttributeMap()
        if write.item != nil {
            let isKeyed = table.schema.attributes.allSatisfy { attributes[$0.name]?.kind == $0.type }
            guard isKeyed else { throw .keyDoesNotMatchSchema }
            try table.check(item: attributes)
        } else {
            try table.check(key: attributes)
        }
        guard let key = StorageKey(of: attributes, in: table.schema) else { throw .keyDoesNotMatchSchema }
        return key
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
        constraints.check(detail, of: .returnConsumedCapacity)
        constraints.check(metrics, of: .returnItemCollectionMetrics)
        constraints.checkPresent(given != nil, at: "requestItems")
        constraints.check(given?.count, in: 1 ... .max, "length", of: "{}", at: "requestItems")
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
