/// The header fields of a request. Names are case-insensitive. Of a field that occurs more than once, only the first
/// value is kept.
package struct HeaderFields: Equatable, Sendable {
    private var values: [String: String] = [:]

    package init() {}

    package subscript(name: String) -> String? {
        get { values[name.lowercased()] }
        set { values[name.lowercased()] = newValue }
    }
}
