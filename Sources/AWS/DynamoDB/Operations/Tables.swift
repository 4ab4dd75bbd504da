public import JSON

/// The type of a key attribute.
public enum KeyAttributeType: String, Sendable {
    /// A string.
    case string = "S"
    /// A number.
    case number = "N"
    /// Bytes.
    case binary = "B"
}

/// The attributes that make up the primary key of a table or an index.
public struct KeySchema: Sendable, Equatable {
    /// An attribute of a key.
    public struct Attribute: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its type.
        public var type: KeyAttributeType

        /// An attribute of the given parts.
        public init(_ name: String, _ type: KeyAttributeType) {
            self.name = name
            self.type = type
        }
    }

    /// What decides on the partition.
    public var partitionKey: Attribute
    /// What orders the items of a partition, if anything does.
    public var sortKey: Attribute?

    /// A schema of the given parts.
    public init(partitionKey: Attribute, sortKey: Attribute? = nil) {
        self.partitionKey = partitionKey
        self.sortKey = sortKey
    }

    var attributes: [Attribute] { [partitionKey] + (sortKey.map { [$0] } ?? []) }

    func writeMember(to writer: inout JSONWriter) {
        writer.key("KeySchema")
        writer.array { writer in
            for (attribute, type) in zip(attributes, ["HASH", "RANGE"]) {
                writer.object {
                    $0.member("AttributeName", attribute.name)
                    $0.member("KeyType", type)
                }
            }
        }
    }
}

/// A global secondary index, which projects all attributes.
public struct GlobalIndex: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its key.
    public var keySchema: KeySchema

    /// An index of the given parts.
    public init(name: String, keySchema: KeySchema) {
        self.name = name
        self.keySchema = keySchema
    }
}

/// Creates a table with on-demand billing. It can be used when its status has become `ACTIVE`.
public struct CreateTable: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.createTable

    /// The table's name.
    public var tableName: String
    /// The table's key.
    public var keySchema: KeySchema
    /// The table's indexes.
    public var indexes: [GlobalIndex]

    /// A request of the given parts.
    public init(tableName: String, keySchema: KeySchema, indexes: [GlobalIndex] = []) {
        self.tableName = tableName
        self.keySchema = keySchema
        self.indexes = indexes
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("BillingMode", "PAY_PER_REQUEST")
        keySchema.writeMember(to: &writer)
        var attributes: [KeySchema.Attribute] = []
        for attribute in keySchema.attributes + indexes.flatMap(\.keySchema.attributes)
        where !attributes.contains(attribute) {
            attributes.append(attribute)
        }
        writer.key("AttributeDefinitions")
        writer.array { writer in
            for attribute in attributes {
                writer.object {
                    $0.member("AttributeName", attribute.name)
                    $0.member("AttributeType", attribute.type.rawValue)
                }
            }
        }
        guard !indexes.isEmpty else { return }
        writer.key("GlobalSecondaryIndexes")
        writer.array { writer in
            for index in indexes {
                writer.object {
                    $0.member("IndexName", index.name)
                    index.keySchema.writeMember(to: &$0)
                    $0.key("Projection")
                    $0.object { $0.member("ProjectionType", "ALL") }
                }
            }
        }
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> TableDescription {
        try TableDescription(reading: &reader, in: "TableDescription")
    }
}

/// Describes a table.
public struct DescribeTable: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.describeTable

    /// The table's name or ARN.
    public var tableName: String

    /// A request for the table of this name.
    public init(tableName: String) {
        self.tableName = tableName
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> TableDescription {
        try TableDescription(reading: &reader, in: "Table")
    }
}

/// A table as the service describes it, as far as this client uses it.
public struct TableDescription: Sendable, Equatable {
    /// The table's name.
    public var name = ""
    /// `CREATING`, `UPDATING`, `DELETING`, `ACTIVE` and others.
    public var status = ""
    /// How many items there are; the service counts them about every six hours.
    public var itemCount = 0
    /// The status of each global index, by its name.
    public var indexStatuses: [String: String] = [:]

    /// Whether the table can be used.
    public var isActive: Bool { status == "ACTIVE" }

    init(reading reader: inout JSONReader, in member: StaticString) throws(JSONError) {
        var table = TableDescription()
        try reader.readObject { reader, key throws(JSONError) in
            guard key == member else { return false }
            try reader.readObject { reader, key throws(JSONError) in
                switch key {
                case "TableName": table.name = try reader.readString()
                case "TableStatus": table.status = try reader.readString()
                case "ItemCount": table.itemCount = try reader.readNumber().int ?? 0
                case "GlobalSecondaryIndexes":
                    let indexes = try reader.readElements(Self.readIndex)
                    table.indexStatuses = Dictionary(indexes) { _, last in last }
                default: return false
                }
                return true
            }
            return true
        }
        self = table
    }

    private init() {}

    private static func readIndex(_ reader: inout JSONReader) throws(JSONError) -> (String, String) {
        var index = (name: "", status: "")
        try reader.readObject { reader, key throws(JSONError) in
            switch key {
            case "IndexName": index.name = try reader.readString()
            case "IndexStatus": index.status = try reader.readString()
            default: return false
            }
            return true
        }
        return index
    }
}
