import JSON

/// GetItem, Query and Scan.
extension OperationExecutor {
    func getItem(_ request: ItemRequest, for caller: Principal) throws -> [UInt8] {
        try request.checkModel([.returnConsumedCapacity, .tableName], requiring: .key)
        try caller.authorize(.getItem, table: request.tableName)
        try request.checkParameters()
        let keyAttributes = try request.attributes[.key]?.checked() ?? AttributeMap()
        var placeholders = try request.placeholders()
        let projection = try request.projection(&placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        let entry = try entry(at: keyAttributes, in: table, projection)
        var writer = JSONWriter(capacity: 64 + (entry?.json.count ?? 0))
        try writer.object {
            if let entry {
                $0.key("Item")
                try $0.item(entry.json, projection)
            }
            let units = Capacity.ofRead(entry?.size ?? 0, isConsistent: request.flags[.consistentRead] ?? false)
            $0.capacity(Capacity(table: units), of: table.name, for: request[.returnConsumedCapacity])
        }
        return writer.bytes
    }

    /// The entry of the item whose key is `key`, which is checked first.
    func entry(at key: AttributeMap, in table: Table, _ projection: Projection?) throws -> ItemTable.Entry? {
        try table.check(key: key)
        try table.checkKeysAreScalars(in: projection?.paths ?? [])
        guard let entryKey = StorageKey(of: key, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        return try store.read { try table.entries.entry(at: entryKey, in: $0) }
    }

    func query(_ request: ItemRequest, for caller: Principal) throws -> [UInt8] {
        try checkLimitOfQuery(request)
        try request.checkModel([.select, .indexName, .returnConsumedCapacity, .tableName])
        try caller.authorize(.query, table: request.tableName, index: request[.indexName])
        try request.checkParameters()
        let start = try request.checkedStartKey()
        guard request[.keyConditionExpression] != nil else {
            throw ServiceError.validation(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
            )
        }
        var placeholders = try request.placeholders()
        let condition = try request.condition(.keyConditionExpression, &placeholders)
        let filter = try request.condition(.filterExpression, &placeholders)
        let projection = try request.projection(&placeholders)
        try placeholders.checkAllUsed()
        let keyCondition = try condition.map { condition throws(ServiceError) in try KeyCondition(condition) }
        let source = try PageReader(request, in: try store.table(named: request.tableName), projection, filter)
        guard var range = try keyCondition?.range(in: source.schema) else { return [] }
        range.isReversed = request.flags[.scanIndexForward] == false
        for attribute in source.schema.attributes {
            guard let filter, filter.paths.contains(where: { $0.attribute == attribute.name }) else { continue }
            throw ServiceError.validation(
                "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
                    + "\(attribute.name)"
            )
        }
        if let start {
            let key = try source.entryKey(ofStart: start)
            let predicate = source.schema.sort.flatMap { keyCondition?.predicates[$0.name] }
            if let predicate, let sort = source.schema.sort, let value = start[sort.name], !predicate.holds(for: value)
            {
                throw ServiceError.validation("The provided starting key does not match the range key predicate")
            }
            guard key.partition == range.partition else {
                throw ServiceError.validation(
                    predicate == nil
                        ? "The provided starting key is outside query boundaries based on provided conditions"
                        : "The query can return at most one row and cannot be restarted"
                )
            }
            range = range.resumed(after: key)
        }
        return try page(of: range, source, request)
    }

    /// The service words this one constraint otherwise for Query than for Scan.
    private func checkLimitOfQuery(_ request: ItemRequest) throws(ServiceError) {
        guard let limit = request.numbers[.limit], limit < 1 else { return }
        throw .validation(
            "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                + "Member must have value greater than or equal to 1"
        )
    }

    func scan(_ request: ItemRequest, for caller: Principal) throws -> [UInt8] {
        try request.checkModel([.select, .indexName, .returnConsumedCapacity, .tableName])
        try caller.authorize(.scan, table: request.tableName, index: request[.indexName])
        try request.checkParameters()
        let start = try request.checkedStartKey()
        let segment = try Segment(request)
        var placeholders = try request.placeholders()
        let filter = try request.condition(.filterExpression, &placeholders)
        let projection = try request.projection(&placeholders)
        try placeholders.checkAllUsed()
        let source = try PageReader(request, in: try store.table(named: request.tableName), projection, filter)
        var range = segment.range
        if let start {
            let key = try source.entryKey(ofStart: start)
            guard segment.contains(key) else {
                throw ServiceError.validation(
                    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
                        + "with correct Segment. TotalSegments: \(segment.total) Segment: \(segment.number)"
                )
            }
            range = range.resumed(after: key)
        }
        return try page(of: range, source, request)
    }

    // MARK: Pages

    private static let maximumPageSize = 1024 * 1024

    /// Reads until the limit, a size of 1 MB or the end of the range.
    private func page(of range: StorageKeyRange, _ source: PageReader, _ request: ItemRequest) throws -> [UInt8] {
        let limit = request.numbers[.limit] ?? .max
        let countsOnly = request[.select] == "COUNT"
        var (scanned, count, size) = (0, 0, 0)
        var last: [UInt8]?
        var writer = JSONWriter(capacity: 4096)
        try writer.object { writer in
            let read = { (items: inout JSONWriter?) in
                try store.read { reader in
                    try source.entries.visit(range, in: reader) { json, entrySize in
                        scanned += 1
                        size += entrySize
                        let isLast = scanned >= limit || size >= Self.maximumPageSize
                        if isLast { last = Array(json) }
                        if let filter = source.filter {
                            let item = try AttributeReader.readStored(json)
                            guard filter.holds(for: item) else { return !isLast }
                        }
                        count += 1
                        try items?.item(json, source.projection)
                        return !isLast
                    }
                }
            }
            if countsOnly {
                var none: JSONWriter?
                try read(&none)
            } else {
                writer.key("Items")
                try writer.array {
                    var items: JSONWriter? = $0
                    try read(&items)
                    if let items { $0 = items }
                }
            }
            writer.member("Count", count)
            writer.member("ScannedCount", scanned)
            if let last {
                writer.key("LastEvaluatedKey")
                let item = try last.withUnsafeBytes { try AttributeReader.readStored($0) }
                writer.attributes(item.restricted(to: source.startKeyNames))
            }
            let units = Capacity.ofRead(size, isConsistent: request.flags[.consistentRead] ?? false)
            let capacity = source.index.map { Capacity(indexes: [$0.name: units]) } ?? Capacity(table: units)
            writer.capacity(capacity, of: source.table.name, for: request[.returnConsumedCapacity])
        }
        return writer.bytes
    }
}

extension ItemRequest {
    fileprivate func checkedStartKey() throws(ServiceError) -> AttributeMap? {
        guard let start = attributes[.exclusiveStartKey] else { return nil }
        if let problem = start.problem { throw .validation("The provided starting key is invalid: \(problem)") }
        return start.value
    }
}

extension JSONWriter {
    /// Writes an item that is given as it is stored: whole, without looking at it, or projected.
    mutating func item(_ json: UnsafeRawBufferPointer, _ projection: Projection?) throws {
        guard let projection else { return raw(json) }
        attributes(projection.apply(to: try AttributeReader.readStored(json)))
    }

    mutating func item(_ json: [UInt8], _ projection: Projection?) throws {
        try json.withUnsafeBytes { try item($0, projection) }
    }
}
