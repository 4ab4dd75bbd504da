import JSON

/// The JSON type of a request parameter.
///
/// Source: "Amazon DynamoDB API reference", data types.
indirect enum ParameterShape: Sendable {
    case string, integer, long, boolean
    case list(ParameterShape)
    /// An object with the name of its data type. Other members are ignored, as in the service.
    case structure(String, [String: ParameterShape])
}

extension ParameterShape {
    static let throughput = structure(
        "ProvisionedThroughput", ["ReadCapacityUnits": .long, "WriteCapacityUnits": .long]
    )
    static let keySchema = list(structure("KeySchemaElement", ["AttributeName": .string, "KeyType": .string]))
    static let attributeDefinitions = list(
        structure("AttributeDefinition", ["AttributeName": .string, "AttributeType": .string])
    )

    static func index(_ name: String) -> ParameterShape {
        .structure(
            name,
            [
                "IndexName": .string, "KeySchema": keySchema, "ProvisionedThroughput": throughput,
                "Projection": .structure(
                    "Projection", ["ProjectionType": .string, "NonKeyAttributes": .list(.string)]),
            ]
        )
    }

    /// Parameters for features of tables that this database lacks. CreateTable accepts values that turn a feature off.
    private static let tableFeatures: [String: ParameterShape] = [
        "StreamSpecification": .structure("StreamSpecification", ["StreamEnabled": .boolean]),
        "SSESpecification": .structure("SSESpecification", ["Enabled": .boolean]),
        "TableClass": .string, "DeletionProtectionEnabled": .boolean,
        "OnDemandThroughput": .structure("OnDemandThroughput", [:]),
        "WarmThroughput": .structure("WarmThroughput", [:]),
    ]

    static let table = structure("DescribeTableInput", ["TableName": .string])
    static let listTables = structure("ListTablesInput", ["ExclusiveStartTableName": .string, "Limit": .integer])

    static let createTable = structure(
        "CreateTableInput",
        tableFeatures.merging([
            "TableName": .string, "AttributeDefinitions": attributeDefinitions, "KeySchema": keySchema,
            "BillingMode": .string, "ProvisionedThroughput": throughput,
            "GlobalSecondaryIndexes": .list(index("GlobalSecondaryIndex")),
            "LocalSecondaryIndexes": .list(index("LocalSecondaryIndex")),
            "Tags": .list(.structure("Tag", ["Key": .string, "Value": .string])), "ResourcePolicy": .string,
        ]) { $1 }
    )

    static let updateTable = structure(
        "UpdateTableInput",
        tableFeatures.merging([
            "TableName": .string, "AttributeDefinitions": attributeDefinitions, "BillingMode": .string,
            "ProvisionedThroughput": throughput, "MultiRegionConsistency": .string,
            "ReplicaUpdates": .list(.structure("ReplicationGroupUpdate", [:])),
            "GlobalSecondaryIndexUpdates": .list(
                .structure(
                    "GlobalSecondaryIndexUpdate",
                    [
                        "Create": index("CreateGlobalSecondaryIndexAction"),
                        "Update": index("UpdateGlobalSecondaryIndexAction"),
                        "Delete": .structure("DeleteGlobalSecondaryIndexAction", ["IndexName": .string]),
                    ]
                )
            ),
        ]) { $1 }
    )
}

extension JSONReader {
    /// Reads a parameter as a tree, without members that are null or unknown.
    ///
    /// - Throws: `SerializationException` for a value of the wrong JSON type.
    mutating func readParameter(_ shape: ParameterShape, isElement: Bool = false) throws -> JSONValue {
        switch shape {
        case .string: return .string(try readParameter(String.self))
        case .boolean: return .bool(try readParameter(Bool.self))
        case .integer: return .number(JSONNumber(try readParameter(Int.self)))
        case .long: return .number(JSONNumber(try readParameter(Long.self).value))
        case .list(let element): return .array(try readArray { try $0.readParameter(element, isElement: true) })
        case .structure(let name, let members):
            var values: [String: JSONValue] = [:]
            try readObject(.structure(name), isElement: isElement) { reader, key in
                let key = key.string
                if let shape = members[key] {
                    values[key] = try reader.readParameter(shape)
                } else {
                    try reader.skipValue()
                }
            }
            return .object(values)
        }
    }
}
