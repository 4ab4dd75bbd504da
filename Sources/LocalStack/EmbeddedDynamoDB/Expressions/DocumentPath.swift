/// A path into an item: `a.b[2]`.
struct DocumentPath: Hashable, Sendable, CustomStringConvertible {
    enum Element: Hashable, Sendable {
        case name(UTF8String)
        case index(Int)
    }

    /// The attribute of the item at which the path starts.
    let attribute: UTF8String
    /// The steps from there.
    let steps: [Element]

    var elements: [Element] { [.name(attribute)] + steps }

    /// The way the service writes a path in messages.
    var description: String {
        let written = elements.map { element in
            switch element {
            case .name(let name): name.string
            case .index(let index): "[\(index)]"
            }
        }
        return "[\(written.joined(separator: ", "))]"
    }

    func value(in item: AttributeMap) -> AttributeValue? {
        var value = item[attribute]
        for step in steps {
            switch (step, value) {
            case (.name(let name), .map(let map)): value = map[name]
            case (.index(let index), .list(let list)): value = index < list.count ? list[index] : nil
            default: return nil
            }
        }
        return value
    }
}

/// The placeholders of a request, and which of them its expressions use.
struct Placeholders {
    let names: [String: String]
    let values: [String: AttributeValue]
    private var unusedNames: Set<String>
    private var unusedValues: Set<String>

    init(names: [String: String], values: [String: AttributeValue]) {
        self.names = names
        self.values = values
        unusedNames = Set(names.keys)
        unusedValues = Set(values.keys)
    }

    mutating func name(_ placeholder: Substring) -> String? {
        unusedNames.remove(String(placeholder))
        return names[String(placeholder)]
    }

    mutating func value(_ placeholder: Substring) -> AttributeValue? {
        unusedValues.remove(String(placeholder))
        return values[String(placeholder)]
    }

    /// Refuses placeholders that no expression used.
    func checkAllUsed() throws(ServiceError) {
        for (parameter, unused) in [
            ("ExpressionAttributeNames", unusedNames), ("ExpressionAttributeValues", unusedValues),
        ] where !unused.isEmpty {
            let keys = unused.sorted().joined(separator: ", ")
            throw .validation("Value provided in \(parameter) unused in expressions: keys: {\(keys)}")
        }
    }
}
