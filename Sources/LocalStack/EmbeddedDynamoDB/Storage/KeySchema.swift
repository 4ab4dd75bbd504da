import JSON

/// The primary key of a table or an index.
struct KeySchema: Sendable {
    struct Attribute: Sendable {
        let name: UTF8String
        /// S, N or B.
        let type: AttributeValue.Kind
    }

    let partition: Attribute
    let sort: Attribute?

    var attributes: [Attribute] { [partition] + (sort.map { [$0] } ?? []) }
}

extension KeySchema {
    /// - Parameter owner: The JSON of a table or an index, with the member `KeySchema`.
    init?(_ owner: JSONValue, types: [String: AttributeValue.Kind]) {
        let attributes = (owner["KeySchema"]?.array ?? []).compactMap { element -> Attribute? in
            guard let name = element["AttributeName"]?.string, let type = types[name] else { return nil }
            return Attribute(name: UTF8String(name), type: type)
        }
        guard let partition = attributes.first else { return nil }
        self.init(partition: partition, sort: attributes.count > 1 ? attributes[1] : nil)
    }
}
