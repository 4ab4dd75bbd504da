import Synchronization

/// Limits the memory for request bodies, over all connections of the servers that share the budget.
///
/// Without it, a thousand clients that each send 10 MB except for the last byte would make the server hold 10 GB. Bytes
/// are reserved when they arrive, not when the client announces them, and released at the response. Small bodies are
/// exempt, so that large ones cannot keep them from being served.
package final class BodyBudget: Sendable {
    /// The number of bytes at the start of each body that are not reserved.
    package static let exemptBytes = 64 << 10

    private let maximum: Int
    private let reserved = Atomic(0)

    package init(bytes maximum: Int = 128 << 20) { self.maximum = maximum }

    /// Returns whether the budget covers all that is reserved. The bytes must be released even if it does not.
    package func reserve(_ bytes: Int) -> Bool { reserved.add(bytes, ordering: .relaxed).newValue <= maximum }

    package func release(_ bytes: Int) { reserved.subtract(bytes, ordering: .relaxed) }
}
