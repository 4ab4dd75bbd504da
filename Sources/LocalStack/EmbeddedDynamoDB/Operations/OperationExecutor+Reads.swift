import JSON

/// GetItem, Query and Scan.
extension OperationExecutor {
    func getItem(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.check(for: principal)
        let keyAttributes = try request.attributes[.key]?.validated() ?? AttributeMap()
        var placeholders = try request.placeholders()
        let projection = try request.projection(&placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        let row = try row(at: keyAttributes, in: table, projection)
        let isLong = projection != nil && row?.json.count ?? 0 > BackgroundExecutor.maximumInlineSize
        return try await BackgroundExecutor.run(if: isLong) {
            var writer = JSONWriter(capacity: 64 + (row?.json.count ?? 0))
            try writer.object {
                if let row {
                    $0.key("Item")
                    try $0.item(row.json, projection)
                }
                let units = ConsumedCapacity.ofRead(row?.size ?? 0, isConsistent: request.isConsistent)
                $0.capacity(ConsumedCapacity(table: units), of: table.name, for: request[.returnConsumedCapacity])
            }
            return writer.bytes
        }
    }

    /// Checks the key and the projection, and reads the row; nil if there is no item with that key.
    func row(at key: AttributeMap, in table: Table, _ projection: Projection?) throws -> ItemTable.Row? {
        try table.check(key: key)
        try table.checkKeysAreScalars(in: projection?.paths ?? [])
        guard let storageKey = StorageKey(of: key, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        return try store.read { try table.items.row(at: storageKey, in: $0) }
    }

    func query(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.check(for: principal)
        let start = try request.validatedStartKey()
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
        let reader = try PageReader(request, in: try store.table(named: request.tableName), projection, filter)
        guard var range = try keyCondition?.range(in: reader.schema) else { return [] }
        range.isReversed = request.booleans[.scanIndexForward] == false
        if let start {
            let key = try reader.storageKey(ofStart: start)
            let sort = reader.schema.sort?.name
            let predicate = sort.flatMap { keyCondition?.predicates[$0] }
            if let predicate, let value = sort.flatMap({ start[$0] }), !predicate.holds(for: value) {
                throw ServiceError.validation("The provided starting key does not match the range key predicate")
            }
            guard key.partition == range.lower.partition else {
                throw ServiceError.validation(
                    predicate == nil
                        ? "The provided starting key is outside query boundaries based on provided conditions"
                        : "The query can return at most one row and cannot be restarted"
                )
            }
            range = range.resumed(after: key)
        }
        return try await reader.page(of: range, in: store)
    }

    func scan(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.check(for: principal)
        let start = try request.validatedStartKey()
        let segment = try ScanSegment(request)
        var placeholders = try request.placeholders()
        let filter = try request.condition(.filterExpression, &placeholders)
        let projection = try request.projection(&placeholders)
        try placeholders.checkAllUsed()
        let reader = try PageReader(request, in: try store.table(named: request.tableName), projection, filter)
        var range = segment.range
        if let start {
            let key = try reader.storageKey(ofStart: start)
            guard segment.contains(key) else {
                throw ServiceError.validation(
                    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
                        + "with correct Segment. TotalSegments: \(segment.total) Segment: \(segment.number)"
                )
            }
            range = range.resumed(after: key)
        }
        return try await reader.page(of: range, in: store)
    }
}

extension ItemRequest {
    fileprivate func validatedStartKey() throws(ServiceError) -> AttributeMap? {
        guard let start = attributes[.exclusiveStartKey] else { return nil }
        if let problem = start.problem { throw .validation("The provided starting key is invalid: \(problem)") }
        return start.value
    }
}
