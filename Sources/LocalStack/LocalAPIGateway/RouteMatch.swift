package import ServerlessTemplate

/// A route and the values of its path parameters, decoded.
package struct RouteMatch {
    package let route: Route
    package let parameters: [(name: String, value: String)]
}
