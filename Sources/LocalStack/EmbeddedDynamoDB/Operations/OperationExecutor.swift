/// Answers requests: from the bytes of a body to the bytes of a reply.
struct OperationExecutor: Sendable {
    let store: Store

    /// - Throws: ``ServiceError`` for what the service answers with an error; other errors are the database's own.
    func perform(_ operation: Operation, body: [UInt8], for caller: Principal) async throws -> [UInt8] {
        switch operation {
        case .putItem: try await putItem(ItemRequest(operation, body: body), for: caller)
        case .updateItem: try await updateItem(ItemRequest(operation, body: body), for: caller)
        case .deleteItem: try await deleteItem(ItemRequest(operation, body: body), for: caller)
        case .getItem: try getItem(ItemRequest(operation, body: body), for: caller)
        case .query: try query(ItemRequest(operation, body: body), for: caller)
        case .scan: try scan(ItemRequest(operation, body: body), for: caller)
        case .batchGetItem: try batchGetItem(body, for: caller)
        case .batchWriteItem: try await batchWriteItem(body, for: caller)
        case .createTable: try await createTable(body, for: caller)
        case .describeTable: try describeTable(body, for: caller)
        case .deleteTable: try await deleteTable(body, for: caller)
        case .listTables: try listTables(body, for: caller)
        }
    }
}
