/// A value of one of DynamoDB's ten types.
///
/// Sets are sorted and free of duplicates, and maps are sorted by name, so that `==` is DynamoDB's equality.
/// Source: "Supported data types and naming rules in Amazon DynamoDB".
enum AttributeValue: Hashable, Sendable {
    case string(UTF8String)
    case number(Decimal)
    case binary([UInt8])
    case bool(Bool)
    case null
    case list([AttributeValue])
    case map(AttributeMap)
    case stringSet([UTF8String])
    case numberSet([Decimal])
    case binarySet([[UInt8]])

    /// The data type descriptor in DynamoDB JSON.
    enum Kind: String {
        case S, N, B, BOOL, NULL, L, M, SS, NS, BS
    }

    var kind: Kind {
        switch self {
        case .string: .S
        case .number: .N
        case .binary: .B
        case .bool: .BOOL
        case .null: .NULL
        case .list: .L
        case .map: .M
        case .stringSet: .SS
        case .numberSet: .NS
        case .binarySet: .BS
        }
    }

    /// The size in bytes. Source: "DynamoDB Item sizes and formats".
    var size: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .number(let number): number.size
        case .binary(let bytes): bytes.count
        case .bool, .null: 1
        case .list(let elements): elements.reduce(3) { $0 + 1 + $1.size }
        case .map(let map): map.entries.count + map.size + 3
        case .stringSet(let members): members.reduce(0) { $0 + $1.utf8.count }
        case .numberSet(let members): members.reduce(0) { $0 + $1.size }
        case .binarySet(let members): members.reduce(0) { $0 + $1.count }
        }
    }

    /// The address of a list's or map's content, which values that are copies of each other share; nil for other types.
    var storage: UnsafeRawPointer? {
        if case .list(let elements) = self { return elements.withUnsafeBytes(\.baseAddress) }
        if case .map(let map) = self { return map.entries.withUnsafeBytes(\.baseAddress) }
        return nil
    }

    /// The number of lists and maps around the innermost value.
    var nesting: Int {
        if case .list(let elements) = self { return elements.lazy.map { $0.nesting + 1 }.max() ?? 0 }
        if case .map(let map) = self { return map.entries.lazy.map { $0.value.nesting + 1 }.max() ?? 0 }
        return 0
    }

    /// Whether `left` is less than `right`; nil if their types differ or have no order.
    static func isLess(_ left: AttributeValue, _ right: AttributeValue) -> Bool? {
        switch (left, right) {
        case (.string(let left), .string(let right)): left < right
        case (.number(let left), .number(let right)): left < right
        case (.binary(let left), .binary(let right)): left.lexicographicallyPrecedes(right)
        default: nil
        }
    }
}
