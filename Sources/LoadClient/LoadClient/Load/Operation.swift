/// An operation of the API that a load test performs.
package enum Operation: Int, CaseIterable, Sendable {
    /// `GET haiku?limit=…`
    case get
    /// `POST haiku`
    case post
    /// `PATCH haiku/{item_id}`
    case like
    /// `DELETE haiku/{item_id}`
    case delete

    /// The name in a mix and in a report.
    var name: String {
        switch self {
        case .get: "get"
        case .post: "post"
        case .like: "like"
        case .delete: "delete"
        }
    }

    init?(name: some StringProtocol) {
        guard let operation = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = operation
    }
}
