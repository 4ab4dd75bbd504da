/// A Lambda function of the template.
package struct FunctionResource: Sendable, Equatable {
    package let logicalID: String
    /// `FunctionName`, or the logical id.
    package let name: String
    /// `Handler`: for a custom runtime, the name of the executable.
    package let handler: String
    /// `MemorySize`, in MB.
    package let memorySize: Int
    /// `Timeout`, in seconds.
    package let timeout: Int
    /// `Environment.Variables`, and the variables that Lambda derives from `LoggingConfig`.
    package let environment: [String: String]
    /// The inline statements of `Policies`.
    package let statements: [PolicyStatement]
    /// The names of policies that are not inline statements, such as SAM policy templates. What they allow is unknown here.
    package let otherPolicies: [String]
}
