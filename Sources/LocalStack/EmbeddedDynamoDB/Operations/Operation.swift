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
    case updateTable = "UpdateTable"

    /// The operations of DynamoDB that this database does not support.
    ///
    /// Source: "Amazon DynamoDB API reference", actions.
    private static let unsupported = Set(
        """
        BatchExecuteStatement CreateBackup CreateGlobalTable DeleteBackup DeleteResourcePolicy DescribeBackup \
        DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable \
        DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits \
        DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination \
        EnableKinesisStreamingDestination ExecuteStatement ExecuteTransaction ExportTableToPointInTime \
        GetResourcePolicy ImportTable ListBackups ListContributorInsights ListExports ListGlobalTables ListImports \
        ListTagsOfResource PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime TagResource \
        TransactGetItems TransactWriteItems UntagResource UpdateContinuousBackups UpdateContributorInsights \
        UpdateGlobalTable UpdateGlobalTableSettings UpdateKinesisStreamingDestination \
        UpdateTableReplicaAutoScaling UpdateTimeToLive DescribeStream GetRecords GetShardIterator ListStreams
        """.split(separator: " ").map(String.init)
    )

    /// - Parameter target: The header X-Amz-Target, such as `DynamoDB_20120810.PutItem`.
    init(target: String) throws(ServiceError) {
        let parts = target.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard parts.count == 2, ["DynamoDB_20120810", "DynamoDBStreams_20120810"].contains(Substring(parts[0])) else {
            throw ServiceError(.unknownOperation, "")
        }
        try self.init(named: String(Substring(parts[1])))
    }

    init(named name: String) throws(ServiceError) {
        guard let operation = Operation(rawValue: name) else {
            let message =
                "This local database does not support \(name); docs/decisions/007-embedded-dynamodb.md lists the "
                + "operations that it supports"
            throw ServiceError(.unknownOperation, Self.unsupported.contains(name) ? message : "")
        }
        self = operation
    }

    /// The parameters with constraints in the service's API model, in the order in which it checks them.
    var constrainedParameters: [ItemRequest.StringParameter] {
        switch self {
        case .putItem:
            [
                .returnConsumedCapacity, .tableName, .returnValues, .returnItemCollectionMetrics,
                .returnValuesOnConditionCheckFailure,
            ]
        case .updateItem, .deleteItem:
            [
                .returnConsumedCapacity, .tableName, .returnItemCollectionMetrics, .returnValues,
                .returnValuesOnConditionCheckFailure,
            ]
        case .query, .scan: [.select, .indexName, .returnConsumedCapacity, .tableName]
        default: [.returnConsumedCapacity, .tableName]
        }
    }

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
