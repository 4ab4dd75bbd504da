import JSON

/// PutItem, UpdateItem and DeleteItem.
extension OperationExecutor {
    /// What a write of one item answers with.
    private struct Outcome: Sendable {
        let attributes: AttributeMap?
        let capacity: Capacity
    }

    func putItem(_ request: ItemRequest, for caller: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnValues, .returnItemCollectionMetrics,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .item
        )
        try caller.authorize(.putItem, table: request.tableName)
        try request.checkParameters()
        let item = try request.attributes[.item]?.checked() ?? AttributeMap()
        try Self.checkReturnsOld(request)
        guard item.size <= Table.maximumItemSize else {
            throw ServiceError.validation("Item size has exceeded the maximum allowed size")
        }
        var placeholders = try request.placeholders()
        let condition = try request.condition(.conditionExpression, &placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        try table.check(item: item)
        try table.checkKeysAreScalars(in: condition?.paths ?? [])
        guard let key = StorageKey(of: item, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        let outcome = try await store.write(to: [table]) { transaction in
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let capacity = try transaction.replaceItem(old, by: item, at: key, in: table)
            return Outcome(attributes: request[.returnValues] == "ALL_OLD" ? old?.item : nil, capacity: capacity)
        }
        return Self.reply(outcome, to: request)
    }

    func deleteItem(_ request: ItemRequest, for caller: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnItemCollectionMetrics, .returnValues,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .key
        )
        try caller.authorize(.deleteItem, table: request.tableName)
        try request.checkParameters()
        let keyAttributes = try request.attributes[.key]?.checked() ?? AttributeMap()
        try Self.checkReturnsOld(request)
        var placeholders = try request.placeholders()
        let condition = try request.condition(.conditionExpression, &placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        try table.check(key: keyAttributes)
        try table.checkKeysAreScalars(in: condition?.paths ?? [])
        guard let key = StorageKey(of: keyAttributes, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        let outcome = try await store.write(to: [table]) { transaction in
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let capacity = try transaction.replaceItem(old, by: nil, at: key, in: table)
            return Outcome(attributes: request[.returnValues] == "ALL_OLD" ? old?.item : nil, capacity: capacity)
        }
        return Self.reply(outcome, to: request)
    }

    func updateItem(_ request: ItemRequest, for caller: Principal) async throws -> [UInt8] {
        try request.checkModel(
            [
                .returnConsumedCapacity, .tableName, .returnItemCollectionMetrics, .returnValues,
                .returnValuesOnConditionCheckFailure,
            ],
            requiring: .key
        )
        try caller.authorize(.updateItem, table: request.tableName)
        try request.checkParameters()
        let keyAttributes = try request.attributes[.key]?.checked() ?? AttributeMap()
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
        guard let key = StorageKey(of: keyAttributes, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        let outcome = try await store.write(to: [table]) { transaction in
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let before = old?.item ?? keyAttributes
            let item = try update?.apply(to: before) ?? before
            if old == nil, update?.onlyRemoves == true {
                return Outcome(attributes: nil, capacity: Capacity(table: Capacity.ofWrite(0)))
            }
            try table.check(updated: item)
            let capacity = try transaction.replaceItem(old, by: item, at: key, in: table)
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
        return Self.reply(outcome, to: request)
    }

    // MARK: Pieces

    private static func checkReturnsOld(_ request: ItemRequest) throws(ServiceError) {
        guard [nil, "ALL_OLD", "NONE"].contains(request[.returnValues]) else {
            throw .validation("ReturnValues can only be ALL_OLD or NONE")
        }
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
            item: wantsItem ? old?.entry.json : nil
        )
    }

    private static func reply(_ outcome: Outcome, to request: ItemRequest) -> [UInt8] {
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
