extension Condition {
    indirect enum Operand: Sendable {
        case path(DocumentPath)
        case value(AttributeValue)
        case size(Operand)
    }
}

extension Condition.Operand {
    func value(in item: AttributeMap) -> AttributeValue? {
        switch self {
        case .path(let path): path.value(in: item)
        case .value(let value): value
        case .size(let operand): operand.value(in: item)?.length.map { .number(Decimal($0)) }
        }
    }

    var paths: [DocumentPath] {
        switch self {
        case .path(let path): [path]
        case .value: []
        case .size(let operand): operand.paths
        }
    }
}

extension AttributeValue {
    /// The result of the function `size`; nil for a type that has no size. Of a string it is the number of characters,
    /// which the service counts as UTF-16 code units.
    fileprivate var length: Int? {
        switch self {
        case .string(let text): text.string.utf16.count
        case .binary(let bytes): bytes.count
        case .list(let elements): elements.count
        case .map(let map): map.entries.count
        case .stringSet(let members): members.count
        case .numberSet(let members): members.count
        case .binarySet(let members): members.count
        case .number, .bool, .null: nil
        }
    }
}
