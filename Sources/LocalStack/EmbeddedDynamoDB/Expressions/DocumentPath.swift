/// A document path, such as `a.b[2]`.
struct DocumentPath: Hashable, Sendable, CustomStringConvertible {
    enum Element: Hashable, Sendable {
        case name(UTF8String)
        case index(Int)
    }

    /// The top-level attribute at which the path starts.
    let attribute: UTF8String
    /// The elements after the top-level attribute.
    let steps: [Element]

    var elements: [Element] { [.name(attribute)] + steps }

    /// The path as the service's messages write it.
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
