/// The status of a table, with the raw values of TableStatus.
enum TableStatus: String {
    case creating = "CREATING"
    case active = "ACTIVE"
    case updating = "UPDATING"
    case deleting = "DELETING"
}
