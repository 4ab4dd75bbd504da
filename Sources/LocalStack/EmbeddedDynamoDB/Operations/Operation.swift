/// The operations that the database serves.
enum Operation: String, CaseIterable, Sendable {
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
    var expressions: [TextParameter] {
        switch self {
        case .putItem, .deleteItem: [.conditionExpression]
        case .updateItem: [.updateExpression, .conditionExpression]
        case .getItem, .batchGetItem: [.projectionExpression]
        case .query: [.projectionExpression, .filterExpression, .keyConditionExpression]
        case .scan: [.projectionExpression, .filterExpression]
        default: []
        }
    }

    /// The older parameters that expressions have replaced, which are refused.
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

/// Who asks, and what decides whether they may.
struct Principal: Sendable {
    typealias Authorizer = @Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool

    /// The access key with which the request was signed; nil for a call from within the process, which may do all.
    let accessKeyID: String?
    let region: String
    let authorizer: Authorizer?

    static let accountID = "000000000000"

    func arn(ofTable table: String, index: String? = nil) -> String {
        "arn:aws:dynamodb:\(region):\(Self.accountID):table/\(table)" + (index.map { "/index/\($0)" } ?? "")
    }

    func authorize(_ operation: Operation, table: String, index: String? = nil) throws(ServiceError) {
        guard let accessKeyID, let authorizer else { return }
        let action = "dynamodb:\(operation.rawValue)"
        let resource = arn(ofTable: table, index: index)
        guard !authorizer(accessKeyID, action, resource) else { return }
        throw ServiceError(
            .accessDenied,
            "User: arn:aws:iam::\(Self.accountID):user/\(accessKeyID) is not authorized to perform: \(action) "
                + "on resource: \(resource) because no identity-based policy allows the \(action) action"
        )
    }
}
