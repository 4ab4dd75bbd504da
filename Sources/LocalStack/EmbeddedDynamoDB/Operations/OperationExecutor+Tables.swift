import Foundation
import JSON

/// CreateTable, DescribeTable, DeleteTable and ListTables.
extension OperationExecutor {
    func createTable(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let request = try body.parameters(.createTable)
        let name = try Self.tableName(in: request, minimum: 3)
        try principal.authorize(.createTable, table: name)
        let definition = try TableDefinition(request).stored
        let table = try await store.create(definition, named: name)
        return try response("TableDescription", table, status: "CREATING", for: principal)
    }

    func describeTable(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let name = try Self.tableName(in: body.parameters(.table), minimum: 1)
        try principal.authorize(.describeTable, table: name)
        return try response("Table", try table(named: name), status: "ACTIVE", for: principal)
    }

    func deleteTable(_ body: [UInt8], for principal: Principal) async throws -> [UInt8] {
        let name = try Self.tableName(in: body.parameters(.table), minimum: 1)
        try principal.authorize(.deleteTable, table: name)
        let response = try response("TableDescription", try table(named: name), status: "DELETING", for: principal)
        _ = try await store.delete(tableNamed: name)
        return response
    }

    func listTables(_ body: [UInt8], for principal: Principal) throws -> [UInt8] {
        let request = try body.parameters(.listTables)
        let start = request["ExclusiveStartTableName"]?.string
        let limit = request["Limit"]?.int ?? 100
        var constraints = Constraints()
        constraints.check(limit >= 1, "\(limit)", at: "limit", "have value greater than or equal to 1")
        constraints.check(limit <= 100, "\(limit)", at: "limit", "have value less than or equal to 100")
        constraints.check(name: start, at: "exclusiveStartTableName", minimum: 3)
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
    private func table(named name: String) throws(ServiceError) -> Table {
        do { return try store.table(named: name) } catch {
            throw ServiceError(.resourceNotFound, "\(error.message): Table: \(name) not found")
        }
    }

    private static func tableName(in request: JSONValue, minimum: Int) throws(ServiceError) -> String {
        guard let given = request["TableName"]?.string else {
            throw .validation("The parameter 'TableName' is required but was not present in the request")
        }
        let name = given.hasPrefix("arn:") ? String(given.split(separator: "/", maxSplits: 1).last ?? "") : given
        var constraints = Constraints()
        constraints.check(name: name, at: "tableName", minimum: minimum)
        try constraints.throwViolations()
        return name
    }

    private func response(_ member: String, _ table: Table, status: String, for principal: Principal) throws -> [UInt8]
    {
        var description = table.definition.object ?? [:]
        if status == "DELETING" {
            for member in ["CreationDateTime", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"] {
                description[member] = nil
            }
        }
        let statistics = try store.statistics(of: table.items)
        description["TableStatus"] = .string(status)
        description["TableArn"] = .string(principal.arn(ofTable: table.name))
        description["ItemCount"] = .number(JSONNumber(statistics.count))
        description["TableSizeBytes"] = .number(JSONNumber(statistics.bytes))
        if let indexes = description["GlobalSecondaryIndexes"]?.array {
            description["GlobalSecondaryIndexes"] = .array(
                try zip(indexes, table.indexes).map { definition, index in
                    var description = definition.object ?? [:]
                    let statistics = try store.statistics(of: index.items)
                    description["IndexStatus"] = .string(status)
                    description["IndexArn"] = .string(principal.arn(ofTable: table.name, index: index.name))
                    description["ItemCount"] = .number(JSONNumber(statistics.count))
                    description["IndexSizeBytes"] = .number(JSONNumber(statistics.bytes))
                    return .object(description)
                }
            )
        }
        return JSONValue.object([member: .object(description)]).bytes
    }
}
