/// A value of one of DynamoDB's ten types.
///
/// Sets are kept sorted and without repeats, and maps sorted by name, so that `==` is DynamoDB's equality.
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

    /// The key under which the value stands in DynamoDB's JSON.
    enum Kind: String, CaseIterable {
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

    /// Bytes that the value counts for. Source: "DynamoDB Item sizes and formats".
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

    /// The order of `<`; nil when the two are of different types or of a type without order.
    static func isLess(_ left: AttributeValue, _ right: AttributeValue) -> Bool? {
        switch (left, right) {
        case (.string(let left), .string(let right)): left < right
        case (.number(let left), .number(let right)): left < right
        case (.binary(let left), .binary(let right)): left.lexicographicallyPrecedes(right)
        default: nil
        }
    }
}

/// The attributes of an item or of a map, sorted by name.
struct AttributeMap: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let name: UTF8String
        var value: AttributeValue
    }

    private(set) var entries: [Entry]

    init() { entries = [] }

    /// Of entries with the same name the last one counts.
    init(_ unordered: [Entry]) {
        entries = unordered
        entries.sort { $0.name < $1.name }
        guard zip(entries, entries.dropFirst()).contains(where: { $0.name == $1.name }) else { return }
        entries = []
        for entry in unordered { self[entry.name] = entry.value }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Bytes of names and values. For an item, this is the item's size.
    var size: Int { entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.size } }

    subscript(name: UTF8String) -> AttributeValue? {
        get {
            let index = insertionIndex(of: name)
            return index < entries.count && entries[index].name == name ? entries[index].value : nil
        }
        set {
            let index = insertionIndex(of: name)
            let exists = index < entries.count && entries[index].name == name
            switch (newValue, exists) {
            case (let value?, true): entries[index].value = value
            case (let value?, false): entries.insert(Entry(name: name, value: value), at: index)
            case (nil, true): entries.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Only the attributes with these names.
    func restricted(to names: some Sequence<UTF8String>) -> AttributeMap {
        AttributeMap(names.compactMap { name in self[name].map { Entry(name: name, value: $0) } })
    }

    private func insertionIndex(of name: UTF8String) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
