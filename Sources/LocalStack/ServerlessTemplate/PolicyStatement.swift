/// A statement of an IAM policy.
package struct PolicyStatement: Sendable, Equatable {
    package enum Effect: String, Sendable {
        case allow = "Allow"
        /// Takes precedence over all statements that allow.
        case deny = "Deny"
    }

    package let effect: Effect
    /// `service:Action`, in which `*` and `?` are wildcards.
    package let actions: [String]
    /// ARNs, in which `*` and `?` are wildcards.
    package let resources: [String]
}
