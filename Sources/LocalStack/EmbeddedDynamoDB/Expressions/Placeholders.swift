/// The expression attribute names and values of a request, with a record of those that no expression has used yet.
struct Placeholders {
    private static let maximumListed = 1_000

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

    mutating func name(_ placeholder: String) -> String? {
        unusedNames.remove(placeholder)
        return names[placeholder]
    }

    mutating func value(_ placeholder: String) -> AttributeValue? {
        unusedValues.remove(placeholder)
        return values[placeholder]
    }

    func checkAllUsed() throws(ServiceError) {
        for (parameter, unused) in [
            ("ExpressionAttributeNames", unusedNames), ("ExpressionAttributeValues", unusedValues),
        ] where !unused.isEmpty {
            let keys = unused.prefix(Self.maximumListed).sorted().joined(separator: ", ")
            throw .validation("Value provided in \(parameter) unused in expressions: keys: {\(keys)}")
        }
    }
}
