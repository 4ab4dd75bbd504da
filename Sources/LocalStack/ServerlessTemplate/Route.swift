/// A route of the HTTP API.
package struct Route: Sendable, Equatable {
    /// An HTTP method in upper case, or `ANY`.
    package let method: String
    /// The path, in which a segment such as `{item_id}` is a parameter and a final `{name+}` matches the rest of the path;
    /// `$default` for the route that matches what no other route does.
    package let path: String
    /// The logical id of the function that handles the requests.
    package let functionID: String

    package init(method: String, path: String, functionID: String) {
        self.method = method
        self.path = path
        self.functionID = functionID
    }

    /// The route key, as in events: `GET /haiku`.
    package var key: String { path == "$default" ? path : "\(method) \(path)" }
}
