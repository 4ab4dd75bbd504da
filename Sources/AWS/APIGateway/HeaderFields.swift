/// The header fields of a request: names in any case, several values to a name.
public struct HeaderFields: Equatable, Sendable {
    private var values: [String: [String]] = [:]

    /// No fields.
    public init() {}

    /// The fields in `pairs`, in their order.
    public init(_ pairs: [(name: String, value: String)]) {
        for (name, value) in pairs { append(value, to: name) }
    }

    /// The first value under `name`; nil when there is none.
    public subscript(name: String) -> String? {
        values[name.lowercased()]?.first
    }

    /// Every value under `name`, in their order.
    public func all(_ name: String) -> [String] {
        values[name.lowercased()] ?? []
    }

    mutating func append(_ value: String, to name: String) {
        values[name.lowercased(), default: []].append(value)
    }

    mutating func replace(_ name: String, with newValues: [String]) {
        values[name.lowercased()] = newValues
    }
}
