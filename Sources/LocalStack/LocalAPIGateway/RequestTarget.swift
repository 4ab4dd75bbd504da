import Encoding

/// The path and the query of a request, undecoded.
package struct RequestTarget {
    package let path: String
    /// Without the question mark; empty if the target has none.
    package let query: String

    package init(_ target: String) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = target
            query = ""
            return
        }
        path = String(target[..<mark])
        query = String(target[target.utf8.index(after: mark)...])
    }

    /// The query's parameters, decoded, in the order of their first occurrence. The values of a parameter that occurs more
    /// than once are joined by commas.
    package var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for (name, value) in PercentEncoding.parameters(ofQuery: query) {
            if let index = parameters.firstIndex(where: { $0.name == name }) {
                parameters[index].value += ",\(value)"
            } else {
                parameters.append((name, value))
            }
        }
        return parameters
    }
}
