public import JSON

/// Reads an item by its key.
public struct GetItem: DynamoDBRequest {
    /// What was read.
    public struct Output: Sendable, Equatable {
        /// The item; nil when there is none.
        public var item: DynamoDBItem?
    }

    /// The API's name.
    public static let operation = DynamoDBOperation.getItem

    /// The table's name or ARN.
    public var tableName: String
    /// The item's primary key.
    public var key: DynamoDBItem
    /// Whether every write that was acknowledged before is seen.
    public var consistentRead: Bool
    /// Which attributes are read; nil for all.
    public var projectionExpression: String?
    /// What the expression's placeholders stand for; only names.
    public var attributes: ExpressionAttributes

    /// A request of the given parts.
    public init(
        tableName: String,
        key: DynamoDBItem,
        consistentRead: Bool = false,
        projectionExpression: String? = nil,
        attributes: ExpressionAttributes = .init()
    ) {
        self.tableName = tableName
        self.key = key
        self.consistentRead = consistentRead
        self.projectionExpression = projectionExpression
        self.attributes = attributes
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("Key", key)
        if consistentRead { writer.member("ConsistentRead", true) }
        writer.member("ProjectionExpression", ifPresent: projectionExpression)
        attributes.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try reader.readObject { reader, key throws(JSONError) in
            guard key == "Item" else { return false }
            output.item = try AttributeValue.readItem(&reader)
            return true
        }
        return output
    }
}
