import JSON

/// PutItem, UpdateItem and DeleteItem.
extension OperationExecutor {
    private struct Outcome: Sendable {
        let attributes: AttributeMap?
        let capacity: ConsumedCapacity
    }

    func write(_ request: ItemRequest, for principal: Principal) async throws -> [UInt8] {
        try request.check(for: principal)
        let isPut = request.operation == .putItem
        let isUpdate = request.operation == .updateItem
        let attributes = try request.attributes[isPut ? .item : .key]?.validated() ?? AttributeMap()
        guard isUpdate || [nil, "ALL_OLD", "NONE"].contains(request[.returnValues]) else {
            throw ServiceError.validation("ReturnValues can only be ALL_OLD or NONE")
        }
        if isPut { try attributes.checkSize() }
        var placeholders = try request.placeholders()
        let update = isUpdate ? try request.update(&placeholders) : nil
        let condition = try request.condition(.conditionExpression, &placeholders)
        try placeholders.checkAllUsed()
        let table = try store.table(named: request.tableName)
        if isPut { try table.check(item: attributes) } else { try table.check(key: attributes) }
        if let update { try table.check(update) }
        try table.checkKeysAreScalars(in: condition?.paths ?? [])
        guard let key = StorageKey(of: attributes, in: table.schema) else { throw ServiceError.keyDoesNotMatchSchema }
        let outcome = try await store.write(to: [table]) { transaction, tables in
            let table = tables[0]
            let old = try transaction.item(at: key, in: table)
            try Self.check(condition, on: old, request)
            let before = isUpdate ? old?.item ?? attributes : attributes
            let item = request.operation == .deleteItem ? nil : try update?.apply(to: before) ?? before
            if old == nil, update?.onlyRemoves == true {
                return Outcome(attributes: nil, capacity: ConsumedCapacity(table: ConsumedCapacity.ofWrite(0)))
            }
            if isUpdate, let item { try table.check(updated: item) }
            let capacity = try transaction.replaceItem(old, with: item, at: key, in: table)
            let changed = Projection(paths: update?.paths ?? [])
            let returned: AttributeMap? =
                switch request[.returnValues] {
                case "ALL_OLD": old?.item
                case "ALL_NEW": item
                case "UPDATED_OLD": old.map { changed.apply(to: $0.item) }
                case "UPDATED_NEW": item.map(changed.apply)
                default: nil
                }
            return Outcome(attributes: returned, capacity: capacity)
        }
        let isLong = outcome.attributes?.size ?? 0 > BackgroundExecutor.maximumInlineSize
        return try await BackgroundExecutor.run(if: isLong) {
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

    private static func check(
        _ condition: Condition?,
        on old: Transaction.StoredItem?,
        _ request: ItemRequest
    ) throws(ServiceError) {
        guard let condition, !condition.holds(for: old?.item ?? AttributeMap()) else { return }
        let wantsItem = request[.returnValuesOnConditionCheckFailure] == "ALL_OLD"
        throw ServiceError(
            .conditionalCheckFailed, "The conditional request failed", item: wantsItem ? old?.row.json : nil
        )
    }
}
