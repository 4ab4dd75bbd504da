import Foundation
import JSON

/// CreateTable, DescribeTable, UpdateTable, DeleteTable and ListTables.
extension OperationExecutor {
    func createTable(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let request = try body.parameters(.createTable)
        let name = try Self.tableName(in: request) { TableDefinition.checkModel(request, &$0) }
        try principal.authorize(.createTable, table: name)
        let definition = try TableDefinition(request, named: name).stored
        let table = try await store.create(definition, named: name)
        return try response("TableDescription", table, .creating, for: principal)
    }

    func describeTable(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let name = try Self.tableName(in: body.parameters(.table))
        try principal.authorize(.describeTable, table: name)
        guard let (table, status) = store.tableAndStatus(named: name) else { throw Self.notFound(name) }
        return try response("Table", table, status, for: principal)
    }

    /// Creates or deletes an index. Other changes are not supported.
    func updateTable(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let request = try body.parameters(.updateTable)
        let name = try Self.tableName(in: request) { IndexUpdate.checkModel(request, &$0) }
        try principal.authorize(.updateTable, table: name)
        let update = try IndexUpdate(request)
        try checkIsActive(name)
        let table = try await store.update(name) { try update.apply(to: $0.definition) }
        return try response("TableDescription", table, .updating, created: update.createdIndex, for: principal)
    }

    func deleteTable(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let name = try Self.tableName(in: body.parameters(.table))
        try principal.authorize(.deleteTable, table: name)
        try checkIsActive(name)
        let response = try response("TableDescription", try store.table(named: name), .deleting, for: principal)
        try await store.delete(tableNamed: name)
        return response
    }

    func listTables(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let request = try body.parameters(.listTables)
        let start = request["ExclusiveStartTableName"]?.string
        let limit = request["Limit"]?.int ?? 100
        var constraints = Constraints()
        constraints.check(limit, in: 1...100, at: "limit")
        constraints.check(name: start, at: "exclusiveStartTableName")
        try constraints.throwViolations()
        try principal.authorize(.listTables, table: "*")
        let names = store.tableNames.filter { name in start.map { UTF8String($0) < UTF8String(name) } ?? true }
        var writer = JSONWriter()
        writer.object {
            $0.key("TableNames")
            $0.array { for name in names.prefix(limit) { $0.string(name) } }
            if names.count > limit { $0.member("LastEvaluatedTableName", names[limit - 1]) }
        }
        return writer.bytes
    }

    /// Unlike the item operations, these name the missing table in the error.
    private static func notFound(_ name: String) -> ServiceError {
        ServiceError(.resourceNotFound, "\(ServiceError.tableNotFound.message): Table: \(name) not found")
    }

    private func checkIsActive(_ name: String) throws(ServiceError) {
        let inUse = "Attempt to change a resource which is still in use: Table is being "
        switch store.tableAndStatus(named: name)?.1 {
        case nil: throw Self.notFound(name)
        case .creating?: throw ServiceError(.resourceInUse, inUse + "created: \(name)")
        case .deleting?: throw ServiceError(.resourceInUse, inUse + "deleted: \(name)")
        case .active?, .updating?: break
        }
    }

    /// Validates the request and returns the table's name, which `TableName` contains directly or as part of an ARN.
    private static func tableName(
        in request: JSONValue,
        checkModel: (inout Constraints) -> Void = { _ in }
    ) throws(ServiceError) -> String {
        guard let given = request["TableName"]?.string else {
            throw .validation("The parameter 'TableName' is required but was not present in the request")
        }
        let name = given.hasPrefix("arn:") ? String(given.split(separator: "/", maxSplits: 1).last ?? "") : given
        guard (3...255).contains(name.utf8.count) else {
            throw .validation("TableName must be at least 3 characters long and at most 255 characters long")
        }
        var constraints = Constraints()
        checkModel(&constraints)
        constraints.check(name: name, at: "tableName")
        try constraints.throwViolations()
        return name
    }

    private func response(
        _ member: String,
        _ table: Table,
        _ status: TableStatus,
        created: String? = nil,
        for principal: Principal
    ) throws -> [UInt8] {
        var description = table.definition.object ?? [:]
        var hidden = [Table.indexNumbers, Table.nextIndexNumber]
        if status == .deleting {
            hidden += ["CreationDateTime", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"]
        }
        for member in hidden { description[member] = nil }
        description["TableArn"] = .string(principal.arn(ofTable: table.name))
        try add(status, and: table.items, as: "Table", to: &description)
        if let indexes = description["GlobalSecondaryIndexes"]?.array {
            description["GlobalSecondaryIndexes"] = .array(
                try zip(indexes, table.indexes).map { definition, index in
                    var description = definition.object ?? [:]
                    let status = index.name == created ? .creating : status == .updating ? .active : status
                    description["IndexArn"] = .string(principal.arn(ofTable: table.name, index: index.name))
                    try add(status, and: index.items, as: "Index", to: &description)
                    return .object(description)
                }
            )
        }
        return JSONValue.object([member: .object(description)]).bytes
    }

    private func add(
        _ status: TableStatus,
        and items: ItemTable,
        as owner: String,
        to description: inout [String: JSONValue]
    ) throws {
        let statistics = try store.statistics(of: items)
        description[owner + "Status"] = .string(status.rawValue)
        description["ItemCount"] = .number(JSONNumber(statistics.count))
        description[owner + "SizeBytes"] = .number(JSONNumber(statistics.bytes))
    }
}
