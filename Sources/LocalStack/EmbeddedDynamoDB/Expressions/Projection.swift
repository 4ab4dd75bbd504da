/// A projection expression: the parts of an item to return.
struct Projection: Sendable {
    let paths: [DocumentPath]
    /// The names of the attributes in UTF-8, sorted, if there are at most 16, each path is a whole attribute, and no name
    /// has escapes in JSON; otherwise nil.
    let wholeAttributes: [[UInt8]]?
    /// The paths as a tree, if there is no ``wholeAttributes``.
    private let root: Branch?

    private struct Branch: Sendable {
        var isWhole = false
        var names: [UTF8String: Branch] = [:]
        var indexes: [Int: Branch] = [:]

        mutating func insert(_ steps: ArraySlice<DocumentPath.Element>) {
            switch steps.first {
            case nil: isWhole = true
            case .name(let name): names[name, default: Branch()].insert(steps.dropFirst())
            case .index(let index): indexes[index, default: Branch()].insert(steps.dropFirst())
            }
        }

        func project(_ map: AttributeMap) -> AttributeMap {
            // Goes through the map, not through the branches: there can be many more branches than attributes.
            AttributeMap(
                map.entries.compactMap { entry in
                    names[entry.name]?.project(entry.value).map { AttributeMap.Entry(name: entry.name, value: $0) }
                }
            )
        }

        func project(_ value: AttributeValue) -> AttributeValue? {
            if isWhole { return value }
            switch value {
            case .map(let map):
                let part = project(map)
                return part.isEmpty ? nil : .map(part)
            case .list(let elements):
                let part = elements.enumerated().compactMap { indexes[$0]?.project($1) }
                return part.isEmpty ? nil : .list(part)
            default: return nil
            }
        }
    }

    /// - Parameter paths: Paths of which none is a prefix of another.
    init(paths: [DocumentPath]) {
        self.paths = paths
        let isSimple =
            paths.count <= 16 && paths.allSatisfy { $0.steps.isEmpty && NamingRules.isWellFormed($0.attribute.utf8) }
        wholeAttributes =
            isSimple ? paths.map { Array($0.attribute.utf8) }.sorted { $0.lexicographicallyPrecedes($1) } : nil
        root = isSimple ? nil : paths.reduce(into: Branch()) { $0.insert($1.elements[...]) }
    }

    init(parsing source: String, placeholders: inout Placeholders) throws(ServiceError) {
        var parser = try ExpressionParser(source, parameter: "ProjectionExpression", placeholders: placeholders)
        let paths = try parser.parseList { parser throws(ServiceError) in try parser.parsePath() }
        try parser.expectEnd()
        parser.noteOverlaps(among: paths)
        try parser.throwProblems()
        placeholders = parser.placeholders
        self.init(paths: paths)
    }

    /// Returns the projected parts of `item`. Like the service, it moves the remaining elements of a list together.
    func apply(to item: AttributeMap) -> AttributeMap {
        root?.project(item) ?? item.restricted(to: paths.map(\.attribute))
    }
}
