/// A global secondary index.
struct SecondaryIndex: Sendable {
    let name: String
    let schema: KeySchema
    /// The names of the projected attributes; nil for all.
    let projection: Set<UTF8String>?
    let items: ItemTable

    var projectsAll: Bool { projection == nil }

    /// The attributes of `item` that are projected into the index; nil if a key attribute of the index
    /// is missing or, in an item older than the index, of another type.
    func projected(_ item: AttributeMap) -> AttributeMap? {
        guard schema.attributes.allSatisfy({ item[$0.name]?.kind == $0.type }) else { return nil }
        return projection.map { item.restricted(to: $0) } ?? item
    }
}
