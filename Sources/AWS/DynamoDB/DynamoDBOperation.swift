/// What DynamoDB can be asked for by this client. The raw values are the API's names (API version 2012-08-10).
public enum DynamoDBOperation: String, Sendable, CaseIterable {
    /// Writes a whole item.
    case putItem = "PutItem"
    /// Reads an item by its key.
    case getItem = "GetItem"
    /// Changes attributes of an item.
    case updateItem = "UpdateItem"
    /// Removes an item.
    case deleteItem = "DeleteItem"
    /// Reads the items of a partition in order.
    case query = "Query"
    /// Reads all items.
    case scan = "Scan"
    /// Puts and deletes up to 25 items.
    case batchWriteItem = "BatchWriteItem"
    /// Creates a table.
    case createTable = "CreateTable"
    /// Describes a table.
    case describeTable = "DescribeTable"

    /// The value of the X-Amz-Target header.
    var target: String { "DynamoDB_20120810.\(rawValue)" }
}
