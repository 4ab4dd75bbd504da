/// A global secondary index.
struct SecondaryIndex: Sendable {
    enum Projection: Sendable {
        case all
        case attributes(Set<UTF8String>)
    }

    let name: String
    let schema: KeySchema
    let projection: Projection
    let items: ItemTable

    var projectsAll: Bool { if case .all = projection { true } else { false } }

    /// The attributes of `item` that are projected into the index; nil if a key attribute of the index
    /// is missing or, in an item older than the index, of another type.
    func projected(_ item: AttributeMap) -> AttributeMap? {
        guard schema.attributes.allSatisfy({ item[$0.name]?.kind == $0.type }) else { return nil }
        switch projection {
        case .all: return item
        case .attributes(let names): return item.restricted(to: names)
        }
    }
}
