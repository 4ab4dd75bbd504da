/// Executes operations: decodes the request body and encodes the response body.
struct OperationExecutor: Sendable {
    let store: Store

    /// - Throws: ``ServiceError`` for an error response of the service; other errors are failures of the storage.
    func execute(_ operation: Operation, body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        switch operation {
        case .putItem, .updateItem, .deleteItem:
            try await write(ItemRequest(operation, body: body), for: principal)
        case .getItem: try await getItem(ItemRequest(operation, body: body), for: principal)
        case .query: try await query(ItemRequest(operation, body: body), for: principal)
        case .scan: try await scan(ItemRequest(operation, body: body), for: principal)
        case .batchGetItem:
            try await BackgroundExecutor.run(if: true) { try batchGetItem(body, for: principal) }
        case .batchWriteItem: try await batchWriteItem(body, for: principal)
        case .createTable: try await createTable(body, for: principal)
        case .describeTable: try describeTable(body, for: principal)
        case .deleteTable: try await deleteTable(body, for: principal)
        case .updateTable: try await updateTable(body, for: principal)
        case .listTables: try listTables(body, for: principal)
        }
    }
}
