import Synchronization

/// Limits the memory for request bodies, over all connections of the servers that share the budget.
///
/// Limits on connections and on each body do not limit their product: a thousand clients that each send ten megabytes
/// except for the last byte would make the server hold ten gigabytes. Bytes count when they arrive, since a client need
/// not send what it announces, until the response. The first bytes of each body do not count, so that usual requests are
/// served whatever large ones do.
package final class BodyBudget: Sendable {
    /// The bytes of each body that do not count: little memory even for thousands of connections.
    package static let uncounted = 64 << 10

    private let maximum: Int
    private let taken = Atomic(0)

    /// - Parameter maximum: The limit on the bytes of all bodies together, without the first ``uncounted`` of each.
    package init(bytes maximum: Int = 128 << 20) { self.maximum = maximum }

    /// Counts more bytes, which must be released in any case. Returns whether all are within the budget.
    package func take(_ bytes: Int) -> Bool { taken.add(bytes, ordering: .relaxed).newValue <= maximum }

    package func release(_ bytes: Int) {
        if bytes > 0 { taken.subtract(bytes, ordering: .relaxed) }
    }
}
