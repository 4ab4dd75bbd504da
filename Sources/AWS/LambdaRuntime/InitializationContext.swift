package import Logging
package import NIOCore

/// What a function is initialized with.
package struct InitializationContext: Sendable {
    package let environment: LambdaEnvironment
    /// The event loop on which the function runs. Its connections should use the same one.
    package let eventLoop: any EventLoop
    package let logger: Logger
}
