/// The supported operations.
enum Operation: String, Sendable {
    case batchGetItem = "BatchGetItem"
    case batchWriteItem = "BatchWriteItem"
    case createTable = "CreateTable"
    case deleteItem = "DeleteItem"
    case deleteTable = "DeleteTable"
    case describeTable = "DescribeTable"
    case getItem = "GetItem"
    case listTables = "ListTables"
    case putItem = "PutItem"
    case query = "Query"
    case scan = "Scan"
    case updateItem = "UpdateItem"

    /// The parameters that hold expressions.
    var expressions: [ItemRequest.StringParameter] {
        switch self {
        case .putItem, .deleteItem: [.conditionExpression]
        case .updateItem: [.updateExpression, .conditionExpression]
        case .getItem, .batchGetItem: [.projectionExpression]
        case .query: [.projectionExpression, .filterExpression, .keyConditionExpression]
        case .scan: [.projectionExpression, .filterExpression]
        default: []
        }
    }

    /// The legacy parameters that expressions have replaced. Requests with them are rejected.
    var legacyParameters: [String] {
        switch self {
        case .putItem, .deleteItem: ["Expected", "ConditionalOperator"]
        case .updateItem: ["AttributeUpdates", "Expected", "ConditionalOperator"]
        case .getItem, .batchGetItem: ["AttributesToGet"]
        case .query: ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"]
        case .scan: ["AttributesToGet", "ScanFilter", "ConditionalOperator"]
        default: []
        }
    }
}
