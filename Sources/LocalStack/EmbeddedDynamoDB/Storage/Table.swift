import CSQLite
import JSON

struct Table: Sendable {
    let id: Int
    let name: String
    let schema: KeySchema
    let indexes: [SecondaryIndex]
    let items: ItemTable
    /// The constant members of the table's TableDescription, ``indexNumbers`` and ``nextIndexNumber``.
    let definition: JSONValue

    /// The member of a definition with the number of each index, which is part of its SQLite table's name. A definition
    /// that has never been updated lacks it: the numbers are the positions.
    static let indexNumbers = "IndexNumbers"
    /// The member with the number of the next index. A number is never used again.
    static let nextIndexNumber = "NextIndexNumber"

    /// - Parameter definition: A validated definition; see ``TableDefinition/stored``.
    init(id: Int, definition: JSONValue) throws(SQLiteError) {
        let types = (definition["AttributeDefinitions"]?.array ?? []).reduce(into: [String: AttributeValue.Kind]()) {
            $0[$1["AttributeName"]?.string ?? ""] = ($1["AttributeType"]?.string).flatMap(AttributeValue.Kind.init)
        }
        let unreadable = SQLiteError(code: SQLITE_CORRUPT, message: "cannot read table \(id)'s definition")
        guard let name = definition["TableName"]?.string, let schema = KeySchema(definition, types: types) else {
            throw unreadable
        }
        self.id = id
        self.name = name
        self.schema = schema
        self.definition = definition
        items = ItemTable(name: "items_\(id)")
        let numbers = definition[Self.indexNumbers]?.array
        let indexes = (definition["GlobalSecondaryIndexes"]?.array ?? []).enumerated()
        self.indexes = try indexes.map { position, index throws(SQLiteError) in
            guard let name = index["IndexName"]?.string, let indexSchema = KeySchema(index, types: types) else {
                throw unreadable
            }
            let others = (index["Projection"]?["NonKeyAttributes"]?.array ?? []).compactMap(\.string)
            let names = (schema.attributes + indexSchema.attributes).map(\.name) + others.map { UTF8String($0) }
            let isAll = index["Projection"]?["ProjectionType"]?.string == "ALL"
            let items = ItemTable(name: "index_\(id)_\(numbers?[position].int ?? position)")
            return SecondaryIndex(name: name, schema: indexSchema, projection: isAll ? nil : Set(names), items: items)
        }
    }

    func index(named name: String) throws(ServiceError) -> SecondaryIndex {
        guard let index = indexes.first(where: { $0.name == name }) else {
            throw .validation("The table does not have the specified index: \(name)")
        }
        return index
    }
}
