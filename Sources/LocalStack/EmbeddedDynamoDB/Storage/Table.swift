import JSON

/// An attribute that is part of a key.
struct KeyAttribute: Sendable {
    let name: UTF8String
    /// S, N or B.
    let type: AttributeValue.Kind
}

/// The key of a table or an index.
struct KeySchema: Sendable {
    let partition: KeyAttribute
    let sort: KeyAttribute?

    var attributes: [KeyAttribute] { [partition] + (sort.map { [$0] } ?? []) }
}

/// A global secondary index.
struct SecondaryIndex: Sendable {
    enum Projection: Sendable {
        case all
        case attributes(Set<UTF8String>)
    }

    let name: String
    let schema: KeySchema
    let projection: Projection
    let entries: ItemTable

    var projectsAll: Bool { if case .all = projection { true } else { false } }

    /// What the index holds of `item`; nil when the item lacks an attribute of the index's key.
    func projected(_ item: AttributeMap) -> AttributeMap? {
        guard schema.attributes.allSatisfy({ item[$0.name] != nil }) else { return nil }
        switch projection {
        case .all: return item
        case .attributes(let names): return item.restricted(to: names)
        }
    }
}

/// A table, as its definition describes it.
struct Table: Sendable {
    let id: Int64
    let name: String
    let schema: KeySchema
    let indexes: [SecondaryIndex]
    let entries: ItemTable
    /// The members of the service's TableDescription that never change.
    let definition: JSONValue

    /// The table that `definition`, which has been validated before it was stored, describes.
    init?(id: Int64, definition: JSONValue) {
        let types = (definition["AttributeDefinitions"]?.array ?? []).reduce(into: [String: AttributeValue.Kind]()) {
            $0[$1["AttributeName"]?.string ?? ""] = ($1["AttributeType"]?.string).flatMap(AttributeValue.Kind.init)
        }
        guard let name = definition["TableName"]?.string, let schema = KeySchema(definition, types: types) else {
            return nil
        }
        self.id = id
        self.name = name
        self.schema = schema
        self.definition = definition
        entries = ItemTable(name: "items_\(id)")
        var indexes: [SecondaryIndex] = []
        for (number, index) in (definition["GlobalSecondaryIndexes"]?.array ?? []).enumerated() {
            guard let name = index["IndexName"]?.string, let indexSchema = KeySchema(index, types: types) else {
                return nil
            }
            let others = (index["Projection"]?["NonKeyAttributes"]?.array ?? []).compactMap(\.string)
            let names = (schema.attributes + indexSchema.attributes).map(\.name) + others.map { UTF8String($0) }
            let isAll = index["Projection"]?["ProjectionType"]?.string == "ALL"
            indexes.append(
                SecondaryIndex(
                    name: name,
                    schema: indexSchema,
                    projection: isAll ? .all : .attributes(Set(names)),
                    entries: ItemTable(name: "index_\(id)_\(number)")
                )
            )
        }
        self.indexes = indexes
    }

    func index(named name: String) throws(ServiceError) -> SecondaryIndex {
        guard let index = indexes.first(where: { $0.name == name }) else {
            throw .validation("The table does not have the specified index: \(name)")
        }
        return index
    }
}

extension KeySchema {
    init?(_ owner: JSONValue, types: [String: AttributeValue.Kind]) {
        let attributes = (owner["KeySchema"]?.array ?? []).compactMap { element -> KeyAttribute? in
            guard let name = element["AttributeName"]?.string, let type = types[name] else { return nil }
            return KeyAttribute(name: UTF8String(name), type: type)
        }
        guard let partition = attributes.first else { return nil }
        self.init(partition: partition, sort: attributes.count > 1 ? attributes[1] : nil)
    }
}
