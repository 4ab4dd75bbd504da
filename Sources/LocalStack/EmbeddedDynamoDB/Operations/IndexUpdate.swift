import JSON

/// A validated UpdateTable request, which creates or deletes a global secondary index.
///
/// Source: "UpdateTable", API reference.
struct IndexUpdate: Sendable {
    private enum Change {
        case create(JSONValue, attributes: [JSONValue])
        case delete(String)
    }

    private let change: Change

    var createdIndex: String? { if case .create(let index, _) = change { index["IndexName"]?.string } else { nil } }

    init(_ request: JSONValue) throws(ServiceError) {
        let supported = ["TableName", "AttributeDefinitions", "GlobalSecondaryIndexUpdates"]
        if let parameter = request.object?.keys.filter({ !supported.contains($0) }).min() {
            throw .validation("The parameter \(parameter) of UpdateTable is not supported by this database")
        }
        let updates = request["GlobalSecondaryIndexUpdates"]?.array ?? []
        guard let update = updates.first else {
            throw .validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
                    + "SSESpecification or ReplicaUpdates is required"
            )
        }
        var names: Set<String> = []
        for update in updates {
            let changes = ["Create", "Delete", "Update"].compactMap { update[$0] }
            guard let change = changes.first else {
                throw .invalidParameter(
                    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                        + "GlobalSecondaryIndexUpdate.Delete must not be null"
                )
            }
            guard changes.count == 1 else {
                throw .invalidParameter(
                    "Only one of Create, Update or Delete may be specified for a global secondary index")
            }
            let name = change["IndexName"]?.string ?? ""
            guard names.insert(name).inserted else {
                throw .invalidParameter(
                    "Only one global secondary index update per index is allowed simultaneously. Index: \(name)")
            }
        }
        guard updates.count == 1 else {
            throw ServiceError(
                .limitExceeded,
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
            )
        }
        if let index = update["Create"] {
            change = .create(index, attributes: request["AttributeDefinitions"]?.array ?? [])
        } else if let index = update["Delete"] {
            change = .delete(index["IndexName"]?.string ?? "")
        } else {
            throw .validation("The parameter Update of UpdateTable is not supported by this database")
        }
    }

    /// Checks the constraints of the service's API model.
    static func checkModel(_ request: JSONValue, _ constraints: inout Constraints) {
        TableDefinition.checkAttributeDefinitions(of: request, &constraints)
        for (number, update) in (request["GlobalSecondaryIndexUpdates"]?.array ?? []).enumerated() {
            if constraints.isFull { break }
            let path = "globalSecondaryIndexUpdates.\(number + 1).member"
            if let index = update["Create"] { TableDefinition.checkIndex(index, at: path + ".create", &constraints) }
            guard let index = update["Delete"] else { continue }
            constraints.checkPresent(index["IndexName"] != nil, at: path + ".delete.indexName")
            constraints.check(name: index["IndexName"]?.string, at: path + ".delete.indexName")
        }
    }

    /// Returns the updated definition; see ``Table/definition``.
    func apply(to definition: JSONValue) throws(ServiceError) -> JSONValue {
        var indexes = definition["GlobalSecondaryIndexes"]?.array ?? []
        var numbers = definition[Table.indexNumbers]?.array?.compactMap(\.int) ?? Array(indexes.indices)
        var attributes = definition["AttributeDefinitions"]?.array ?? []
        var next = definition[Table.nextIndexNumber]?.int ?? indexes.count
        switch change {
        case .create(let index, let new):
            guard !indexes.contains(where: { $0["IndexName"] == index["IndexName"] }) else {
                throw .validation("Attempting to create an index which already exists")
            }
            attributes += new.filter { attribute in
                !attributes.contains { $0["AttributeName"] == attribute["AttributeName"] }
            }
            indexes.append(index)
            numbers.append(next)
            next += 1
        case .delete(let name):
            guard let position = indexes.firstIndex(where: { $0["IndexName"]?.string == name }) else {
                throw ServiceError(.resourceNotFound, "Requested resource not found")
            }
            indexes.remove(at: position)
            numbers.remove(at: position)
            let used = Set(([definition] + indexes).flatMap(TableDefinition.keyNames))
            attributes.removeAll { !used.contains($0["AttributeName"]?.string ?? "") }
        }
        return try TableDefinition.updated(
            definition, indexes: indexes, attributes: attributes,
            extra: [
                Table.indexNumbers: .array(numbers.map { .number(JSONNumber($0)) }),
                Table.nextIndexNumber: .number(JSONNumber(next)),
            ]
        )
    }
}
