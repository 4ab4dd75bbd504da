/// Checks items, keys and expressions against the key schemas of a table and its indexes.
extension Table {
    /// Checks that `key` consists of exactly the primary key attributes.
    func check(key: AttributeMap) throws(ServiceError) {
        guard key.entries.count == schema.attributes.count else { throw .keyDoesNotMatchSchema }
        for attribute in schema.attributes {
            guard let value = key[attribute.name], value.kind == attribute.type else { throw .keyDoesNotMatchSchema }
            try check(value, as: attribute)
        }
    }

    /// Checks the primary key and the index keys of an item to put.
    func check(item: AttributeMap) throws(ServiceError) {
        for attribute in schema.attributes {
            guard let value = item[attribute.name] else {
                throw .invalidParameter("Missing the key \(attribute.name) in the item")
            }
            guard value.kind == attribute.type else {
                throw .invalidParameter(
                    "Type mismatch for key \(attribute.name) expected: \(attribute.type) actual: \(value.kind)"
                )
            }
            try check(value, as: attribute)
        }
        for (index, attribute, value) in indexKeys(of: item) {
            try Self.checkType(value.kind, of: attribute, in: index)
            guard !value.isEmptyKey else {
                throw .validation(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not "
                        + "supported. \(attribute.emptyValue). IndexName: \(index.name), IndexKey: \(attribute.name)"
                )
            }
            try Self.checkLength(value, isPartition: attribute.name == index.schema.partition.name)
        }
    }

    /// Checks an update without its item: it must not change the primary key or set an index key to a wrong type.
    func check(_ update: Update) throws(ServiceError) {
        for attribute in schema.attributes where update.paths.contains(where: { $0.attribute == attribute.name }) {
            throw .invalidParameter("Cannot update attribute \(attribute.name). This attribute is part of the key")
        }
        for index in indexes {
            for attribute in index.schema.attributes {
                for (path, action) in update.actions where path.attribute == attribute.name && path.steps.isEmpty {
                    guard let kind = action.staticKind else { continue }
                    try Self.checkType(kind, of: attribute, in: index)
                }
            }
        }
        try checkKeysAreScalars(in: update.paths)
    }

    /// Checks the result of an update.
    func check(updated item: AttributeMap) throws(ServiceError) {
        guard item.size <= AttributeMap.maximumItemSize else { throw Update.tooLarge }
        guard AttributeValue.map(item).nesting <= AttributeReader.maximumNesting + 1 else {
            throw .validation(AttributeReader.tooDeep)
        }
        for (index, attribute, value) in indexKeys(of: item) {
            guard value.kind == attribute.type else {
                throw .validation(
                    "The update expression attempted to update the secondary index key to unsupported type")
            }
            guard !value.isEmptyKey else {
                throw .validation(
                    "One or more parameter values are not valid. The update expression attempted to update a secondary "
                        + "index key to a value that is not supported. \(attribute.emptyValue)."
                )
            }
            try Self.checkLength(value, isPartition: attribute.name == index.schema.partition.name)
        }
    }

    private func indexKeys(
        of item: AttributeMap
    ) -> [(index: SecondaryIndex, attribute: KeySchema.Attribute, value: AttributeValue)] {
        indexes.flatMap { index in
            index.schema.attributes.compactMap { attribute in item[attribute.name].map { (index, attribute, $0) } }
        }
    }

    /// Checks that no document path goes into a key attribute.
    func checkKeysAreScalars(in paths: [DocumentPath]) throws(ServiceError) {
        let nested = paths.filter { !$0.steps.isEmpty }.map(\.attribute)
        guard !nested.isEmpty else { return }
        let rule = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
        for attribute in schema.attributes where nested.contains(attribute.name) {
            throw .validation(rule + "Key: \(attribute.name)")
        }
        for attribute in indexes.flatMap(\.schema.attributes) where nested.contains(attribute.name) {
            throw .validation(rule + "IndexKey: \(attribute.name)")
        }
    }

    private func check(_ value: AttributeValue, as attribute: KeySchema.Attribute) throws(ServiceError) {
        guard !value.isEmptyKey else {
            throw .validation(
                "One or more parameter values are not valid. \(attribute.emptyValue). Key: \(attribute.name)"
            )
        }
        try Self.checkLength(value, isPartition: attribute.name == schema.partition.name)
    }

    static func checkLength(_ value: AttributeValue, isPartition: Bool) throws(ServiceError) {
        guard value.isTooLong(isPartition: isPartition) else { return }
        throw .invalidParameter(
            isPartition
                ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
        )
    }

    private static func checkType(
        _ kind: AttributeValue.Kind,
        of attribute: KeySchema.Attribute,
        in index: SecondaryIndex
    ) throws(ServiceError) {
        guard kind != attribute.type else { return }
        throw .invalidParameter(
            "Type mismatch for Index Key \(attribute.name) Expected: \(attribute.type) Actual: \(kind) "
                + "IndexName: \(index.name)"
        )
    }
}

extension AttributeValue {
    /// Whether it is an empty string or binary, which a key cannot be.
    var isEmptyKey: Bool { (kind == .S || kind == .B) && size == 0 }

    /// Whether a partition or sort key cannot be of this size. A number never has the maximum size.
    func isTooLong(isPartition: Bool) -> Bool { size > (isPartition ? 2048 : 1024) }
}

extension KeySchema.Attribute {
    /// The middle part of the service's messages about empty keys.
    var emptyValue: String {
        "The AttributeValue for a key attribute cannot contain an empty \(type == .B ? "binary" : "string") value"
    }
}

extension Update.Action {
    /// The type of the value where the request determines it.
    fileprivate var staticKind: AttributeValue.Kind? {
        switch self {
        case .set(.value(let value)), .add(let value), .delete(let value): value.kind
        case .set(.sum), .set(.difference): .N
        case .set(.listAppend): .L
        default: nil
        }
    }
}
