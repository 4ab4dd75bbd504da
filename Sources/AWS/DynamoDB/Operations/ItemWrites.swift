public import JSON

/// Which attributes a write returns.
public enum ReturnValues: String, Sendable {
    /// None.
    case none = "NONE"
    /// All as they were before.
    case allOld = "ALL_OLD"
    /// Those that were updated, as they were before.
    case updatedOld = "UPDATED_OLD"
    /// All as they are now.
    case allNew = "ALL_NEW"
    /// Those that were updated, as they are now.
    case updatedNew = "UPDATED_NEW"
}

/// What a write of one item returns.
public struct ItemWriteOutput: Sendable, Equatable {
    /// The attributes that the request asked for with ``ReturnValues``; nil when there are none.
    public var attributes: DynamoDBItem?

    init(reading reader: inout JSONReader) throws(JSONError) {
        var attributes: DynamoDBItem?
        try reader.readObject { reader, key throws(JSONError) in
            guard key == "Attributes" else { return false }
            attributes = try AttributeValue.readItem(&reader)
            return true
        }
        self.attributes = attributes
    }
}

/// On what a write of one item depends, and what it returns.
public struct WriteOptions: Sendable, Equatable {
    /// What must be true of the item as it is, or the write fails as `conditionalCheckFailed`.
    public var conditionExpression: String?
    /// What the expressions' placeholders stand for.
    public var attributes: ExpressionAttributes
    /// Which attributes are returned.
    public var returnValues: ReturnValues
    /// Whether ``DynamoDBException/item`` shows the item when the condition fails.
    public var returnsItemOnConditionCheckFailure: Bool

    /// Options of the given parts.
    public init(
        conditionExpression: String? = nil,
        attributes: ExpressionAttributes = .init(),
        returnValues: ReturnValues = .none,
        returnsItemOnConditionCheckFailure: Bool = false
    ) {
        self.conditionExpression = conditionExpression
        self.attributes = attributes
        self.returnValues = returnValues
        self.returnsItemOnConditionCheckFailure = returnsItemOnConditionCheckFailure
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("ConditionExpression", ifPresent: conditionExpression)
        attributes.writeMembers(to: &writer)
        if returnValues != .none { writer.member("ReturnValues", returnValues.rawValue) }
        if returnsItemOnConditionCheckFailure { writer.member("ReturnValuesOnConditionCheckFailure", "ALL_OLD") }
    }
}

/// Writes a whole item, in the place of the one with the same key if there is one.
public struct PutItem: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.putItem

    /// The table's name or ARN.
    public var tableName: String
    /// The item.
    public var item: DynamoDBItem
    /// Condition and return values.
    public var options: WriteOptions

    /// A request of the given parts.
    public init(tableName: String, item: DynamoDBItem, options: WriteOptions = .init()) {
        self.tableName = tableName
        self.item = item
        self.options = options
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("Item", item)
        options.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> ItemWriteOutput {
        try ItemWriteOutput(reading: &reader)
    }
}

/// Changes attributes of an item, which is created if it is not there and no condition forbids that.
public struct UpdateItem: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.updateItem

    /// The table's name or ARN.
    public var tableName: String
    /// The item's primary key.
    public var key: DynamoDBItem
    /// What changes: SET, REMOVE, ADD and DELETE clauses.
    public var updateExpression: String
    /// Condition, placeholders and return values.
    public var options: WriteOptions

    /// A request of the given parts.
    public init(tableName: String, key: DynamoDBItem, updateExpression: String, options: WriteOptions = .init()) {
        self.tableName = tableName
        self.key = key
        self.updateExpression = updateExpression
        self.options = options
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("Key", key)
        writer.member("UpdateExpression", updateExpression)
        options.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> ItemWriteOutput {
        try ItemWriteOutput(reading: &reader)
    }
}

/// Removes an item; one that is not there is removed already.
public struct DeleteItem: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.deleteItem

    /// The table's name or ARN.
    public var tableName: String
    /// The item's primary key.
    public var key: DynamoDBItem
    /// Condition and return values.
    public var options: WriteOptions

    /// A request of the given parts.
    public init(tableName: String, key: DynamoDBItem, options: WriteOptions = .init()) {
        self.tableName = tableName
        self.key = key
        self.options = options
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("Key", key)
        options.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> ItemWriteOutput {
        try ItemWriteOutput(reading: &reader)
    }
}
