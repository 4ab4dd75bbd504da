extension ItemRequest {
    enum StringParameter: String, Sendable {
        case tableName = "TableName"
        case indexName = "IndexName"
        case conditionExpression = "ConditionExpression"
        case filterExpression = "FilterExpression"
        case keyConditionExpression = "KeyConditionExpression"
        case projectionExpression = "ProjectionExpression"
        case updateExpression = "UpdateExpression"
        case returnConsumedCapacity = "ReturnConsumedCapacity"
        case returnItemCollectionMetrics = "ReturnItemCollectionMetrics"
        case returnValues = "ReturnValues"
        case returnValuesOnConditionCheckFailure = "ReturnValuesOnConditionCheckFailure"
        case select = "Select"

        /// The permitted values; empty if the parameter is not enumerated.
        var allowedValues: [String] {
            switch self {
            case .returnConsumedCapacity: ["INDEXES", "TOTAL", "NONE"]
            case .returnItemCollectionMetrics: ["SIZE", "NONE"]
            case .returnValues: ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]
            case .returnValuesOnConditionCheckFailure: ["ALL_OLD", "NONE"]
            case .select: ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]
            default: []
            }
        }

        /// The name of the parameter in messages about constraints.
        var path: String { rawValue.prefix(1).lowercased() + rawValue.dropFirst() }
    }

    enum BooleanParameter: String, Sendable {
        case consistentRead = "ConsistentRead"
        case scanIndexForward = "ScanIndexForward"
    }

    enum NumberParameter: String, Sendable {
        case limit = "Limit"
        case segment = "Segment"
        case totalSegments = "TotalSegments"
    }

    enum AttributeMapParameter: String, Sendable {
        case item = "Item"
        case key = "Key"
        case exclusiveStartKey = "ExclusiveStartKey"
    }
}
