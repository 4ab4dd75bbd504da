/// The values of `TableStatus` in a TableDescription (Amazon DynamoDB API Reference: "TableDescription").
enum TableStatus: String {
    case creating = "CREATING"
    case active = "ACTIVE"
    case updating = "UPDATING"
    case deleting = "DELETING"
}
