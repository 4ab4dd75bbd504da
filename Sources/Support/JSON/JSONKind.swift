/// The kinds of values of RFC 8259, section 3; `bool` stands for both `true` and `false`.
package enum JSONKind: Equatable, Sendable {
    case object
    case array
    case string
    case number
    case bool
    case null
}

extension JSONKind: CustomStringConvertible {
    package var description: String {
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
