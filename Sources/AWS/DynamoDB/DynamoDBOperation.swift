/// The operations that the application uses. The raw values are the API's names (API version 2012-08-10).
package enum DynamoDBOperation: String, Sendable {
    case putItem = "PutItem"
    case getItem = "GetItem"
    case updateItem = "UpdateItem"
    case deleteItem = "DeleteItem"
    case query = "Query"
    case scan = "Scan"

    /// The value of the `X-Amz-Target` header.
    var target: String { "DynamoDB_20120810." + rawValue }
}
