/// A function as the local Lambda runs it.
package struct LocalFunction: Sendable {
    package var name: String
    /// The value of `_HANDLER`.
    package var handler: String
    /// The absolute path of the executable that is the function's `bootstrap`.
    package var executable: String
    /// In MB. It is reported, not enforced.
    package var memorySize: Int
    /// The timeout of an invocation, in seconds.
    package var timeout: Int
    /// The function's own environment variables.
    package var environment: [String: String]
    /// The access key with which the function signs its requests.
    package var accessKeyID: String

    package init(
        name: String,
        handler: String,
        executable: String,
        memorySize: Int = 128,
        timeout: Int = 3,
        environment: [String: String] = [:],
        accessKeyID: String = "local"
    ) {
        self.name = name
        self.handler = handler
        self.executable = executable
        self.memorySize = memorySize
        self.timeout = timeout
        self.environment = environment
        self.accessKeyID = accessKeyID
    }

    package var arn: String { "arn:aws:lambda:\(Self.region):000000000000:function:\(name)" }

    static let region = "us-east-1"
}
