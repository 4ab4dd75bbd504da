/// A global secondary index.
struct SecondaryIndex: Sendable {
    let name: String
    let schema: KeySchema
    /// The names of the projected attributes; nil for all.
    let projection: Set<UTF8String>?
    let items: ItemTable

    /// The attributes of `item` that are projected into the index; nil if a key attribute of the index is missing or, in an
    /// item older than the index, not valid as a key.
    func projected(_ item: AttributeMap) -> AttributeMap? {
        for attribute in schema.attributes {
            guard let value = item[attribute.name], value.kind == attribute.type, !value.isEmptyKey,
                !value.isTooLong(isPartition: attribute.name == schema.partition.name)
            else { return nil }
        }
        return projection.map { item.restricted(to: $0) } ?? item
    }
}
