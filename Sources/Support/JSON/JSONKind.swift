/// The six kinds of value that RFC 8259, section 3, knows.
public enum JSONKind: Equatable, Sendable {
    /// `{…}`
    case object
    /// `[…]`
    case array
    /// `"…"`
    case string
    /// `-12.5e3`
    case number
    /// `true` or `false`
    case bool
    /// `null`
    case null

    var words: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
