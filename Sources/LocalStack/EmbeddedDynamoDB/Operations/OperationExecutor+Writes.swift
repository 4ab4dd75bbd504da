import JSON

/// PutItem, UpdateItem and DeleteItem.
extension OperationExecutor {
    private struct Outcome: Sendable {
        let attributes: AttributeMap?
        let capacity: ConsumedCapacity
    }

    func putItem(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnValues, .returnItemCollectionMetrics,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .item
        )
        return try await replaceItem(request, .item, for: principal)
    }

    func deleteItem(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnItemCollectionMetrics, .returnValues,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .key
        )
        return try await replaceItem(request, .key, for: principal)
    }

    /// Puts the item in `parameter`, or deletes the item whose key is in `parameter`.
    private func replaceItem(
        _ request: ItemRequest,
        _ parameter: ItemRequest.AttributeMapParameter,
        for principal: Principal
    ) async throws -> [UInt8] {
        try principal.authorize(request.operation, table: request.tableName)
        try request.checkParameters()
        let attributes = try request.attributes[parameter]?.validated() ?? AttributeMap()
        let item = parameter == .item ? attributes : nil
        guard [nil, "ALL_OLD", "NONE"].contains(request[.returnValues]) else {
            throw ServiceError.validation("ReturnValues can only be ALL_OLD or NONE")
        }
        guard item == nil || attributes.size <= AttributeMap.maximumItemSize else {
            throw ServiceError.validation("Item size has exceeded the maximum allowed size")
        }
        var placeholders = try request.placeholders()
        let condition = try request.condition(.conditionExpression, &placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        if let item { try table.check(item: item) } else { try table.check(key: attributes) }
        try table.checkKeysAreScalars(in: condition?.paths ?? [])
        guard let key = StorageKey(of: attributes, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        let outcome = try await store.write(to: [table]) { transaction, tables in
            let table = tables[0]
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let capacity = try transaction.replaceItem(old, with: item, at: key, in: table)
            return Outcome(attributes: request[.returnValues] == "ALL_OLD" ? old?.item : nil, capacity: capacity)
        }
        return Self.response(outcome, to: request)
    }

    func updateItem(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnItemCollectionMetrics, .returnValues,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .key
        )
        try principal.authorize(.updateItem, table: request.tableName)
        try request.checkParameters()
        let keyAttributes = try request.attributes[.key]?.validated() ?? AttributeMap()
        var placeholders = try request.placeholders()
        let update = try request[.updateExpression].map { source throws(ServiceError) in
            try Update(parsing: source, placeholders: &placeholders)
        }
        let condition = try request.condition(.conditionExpression, &placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        try table.check(key: keyAttributes)
        if let update { try table.check(update) }
        try table.checkKeysAreScalars(in: condition?.paths ?? [])
        guard let key = StorageKey(of: keyAttributes, in: table.schema) else {
            throw ServiceError.keyDoesNotMatchSchema
        }
        let outcome = try await store.write(to: [table]) { transaction, tables in
            let table = tables[0]
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let before = old?.item ?? keyAttributes
            let item = try update?.apply(to: before) ?? before
            if old == nil, update?.onlyRemoves == true {
                return Outcome(attributes: nil, capacity: ConsumedCapacity(table: ConsumedCapacity.ofWrite(0)))
            }
            try table.check(updated: item)
            let capacity = try transaction.replaceItem(old, with: item, at: key, in: table)
            let changed = Projection(paths: update?.paths ?? [])
            let attributes: AttributeMap? =
                switch request[.returnValues] {
                case "ALL_OLD": old?.item
                case "ALL_NEW": item
                case "UPDATED_OLD": old.map { changed.apply(to: $0.item) }
                case "UPDATED_NEW": changed.apply(to: item)
                default: nil
                }
            return Outcome(attributes: attributes, capacity: capacity)
        }
        return Self.response(outcome, to: request)
    }

    private static func check(
        _ condition: Condition?,
        on old: Transaction.StoredItem?,
        _ request: ItemRequest
    ) throws(ServiceError) {
        guard let condition, !condition.holds(for: old?.item ?? AttributeMap()) else { return }
        let wantsItem = request[.returnValuesOnConditionCheckFailure] == "ALL_OLD"
        throw ServiceError(
            .conditionalCheckFailed,
            "The conditional request failed",
            item: wantsItem ? old?.row.json : nil
        )
    }

    private static func response(_ outcome: Outcome, to request: ItemRequest) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            if let attributes = outcome.attributes, !attributes.isEmpty {
                $0.key("Attributes")
                $0.attributes(attributes)
            }
            $0.capacity(outcome.capacity, of: request.tableName, for: request[.returnConsumedCapacity])
        }
        return writer.bytes
    }
}
