/// The attributes of an item or of a map, sorted by name.
struct AttributeMap: Hashable, Sendable {
    /// The limit for a stored item, in bytes.
    static let maximumItemSize = 400 * 1024

    struct Entry: Hashable, Sendable {
        let name: UTF8String
        var value: AttributeValue
    }

    private(set) var entries: [Entry]

    init() { entries = [] }

    /// If several entries have the same name, the last one wins.
    init(_ unordered: [Entry]) {
        entries = unordered
        entries.sort { $0.name < $1.name }
        guard zip(entries, entries.dropFirst()).contains(where: { $0.name == $1.name }) else { return }
        let last = Dictionary(unordered.map { ($0.name, $0) }) { _, last in last }
        entries = last.values.sorted { $0.name < $1.name }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The size of the names and values in bytes. For an item, this is the item size.
    var size: Int { entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.size } }

    /// - Throws: A validation error if the map is larger than ``maximumItemSize``.
    func checkSize() throws(ServiceError) {
        guard size <= Self.maximumItemSize else {
            throw .validation("Item size has exceeded the maximum allowed size")
        }
    }

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
