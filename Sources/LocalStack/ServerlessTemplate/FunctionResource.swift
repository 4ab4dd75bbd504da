/// A Lambda function of the template.
public struct FunctionResource: Sendable, Equatable {
    /// The resource's name in the template.
    public let logicalID: String
    /// The function's name: `FunctionName`, or the logical id.
    public let name: String
    /// `Handler`: for a custom runtime, the name of the program.
    public let handler: String
    /// `MemorySize`, in MB.
    public let memorySize: Int
    /// `Timeout`, in seconds.
    public let timeout: Int
    /// `Environment.Variables`, and what `LoggingConfig` becomes in a function's environment.
    public let environment: [String: String]
    /// The inline statements of `Policies`.
    public let statements: [PolicyStatement]
    /// Policies that are not inline statements, such as SAM's policy templates: what they allow is not known here.
    public let otherPolicies: [String]
}

/// A statement of an IAM policy.
public struct PolicyStatement: Sendable, Equatable {
    /// Whether a statement grants or refuses.
    public enum Effect: String, Sendable {
        /// It grants.
        case allow = "Allow"
        /// It refuses, whatever other statements grant.
        case deny = "Deny"
    }

    /// Whether the statement grants or refuses.
    public let effect: Effect
    /// `service:Action`, in which `*` and `?` are wildcards.
    public let actions: [String]
    /// ARNs, in which `*` and `?` are wildcards.
    public let resources: [String]
}

/// A route of the HTTP API.
public struct Route: Sendable, Equatable {
    /// An HTTP method in capitals, or `ANY`.
    public let method: String
    /// The path, in which a segment such as `{item_id}` is a parameter and a last `{name+}` takes all that follows;
    /// `$default` for the route that takes what no other does.
    public let path: String
    /// The logical id of the function that answers.
    public let functionID: String

    /// A route that leads requests of `method` for `path` to a function.
    public init(method: String, path: String, functionID: String) {
        self.method = method
        self.path = path
        self.functionID = functionID
    }

    /// The route's key as events carry it, such as `GET /haiku`.
    public var key: String { path == "$default" ? path : "\(method) \(path)" }
}

/// The HTTP API's `CorsConfiguration`.
public struct CORSConfiguration: Sendable, Equatable {
    /// Origins that may read replies; `*` is any.
    public var allowOrigins: [String]
    /// Methods that a preflight allows; `*` is any.
    public var allowMethods: [String]
    /// Request headers that a preflight allows; `*` is any.
    public var allowHeaders: [String]
    /// Reply headers that a script may read.
    public var exposeHeaders: [String]
    /// How long a browser may remember a preflight, in seconds.
    public var maxAge: Int?
    /// Whether a browser may send cookies and the like.
    public var allowCredentials: Bool

    /// A configuration; what is left out is not allowed.
    public init(
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
