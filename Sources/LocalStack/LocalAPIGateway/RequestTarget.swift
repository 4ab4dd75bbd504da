import Encoding
/// The path and the query of a request, as they were sent.
package struct RequestTarget {
    package let path: String
    /// Without the question mark; empty if there is none.
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

    /// The parameters of the query, decoded, in the order of their first occurrence; those that occur several times
    /// have their values joined by commas.
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
