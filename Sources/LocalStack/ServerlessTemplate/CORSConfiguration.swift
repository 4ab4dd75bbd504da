/// The HTTP API's `CorsConfiguration`. In each list, `*` stands for any value.
package struct CORSConfiguration: Sendable, Equatable {
    package var allowOrigins: [String]
    package var allowMethods: [String]
    package var allowHeaders: [String]
    package var exposeHeaders: [String]
    /// How long a browser may cache the response to a preflight request, in seconds.
    package var maxAge: Int?
    package var allowCredentials: Bool

    package init(
        allowOrigins: [String] = [],
        allowMethods: [String] = [],
        allowHeaders: [String] = [],
        exposeHeaders: [String] = [],
        maxAge: Int? = nil,
        allowCredentials: Bool = false
    ) {
        self.allowOrigins = allowOrigins
        self.allowMethods = allowMethods
        self.allowHeaders = allowHeaders
        self.exposeHeaders = exposeHeaders
        self.maxAge = maxAge
        self.allowCredentials = allowCredentials
    }
}
