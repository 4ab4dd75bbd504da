package import HummingbirdCore
package import NIOCore
import Synchronization

/// Limits the memory for request bodies, over all connections of the servers that share the budget.
///
/// A limit on connections and a limit on each body do not limit their product: a thousand clients that each send ten
/// megabytes except for the last byte would make the server hold ten gigabytes. Bytes count when they arrive, since a
/// client need not send what it announces. The first bytes of each body do not count, so that usual requests are served
/// whatever large ones do.
///
/// ```swift
/// let event = try await budget.withBody(of: request, upTo: 10 << 20) { body in try parse(body) }
/// ```
package final class BodyBudget: Sendable {
    /// Thrown when a body does not fit into the budget. The rest of it has not been read.
    package struct Exceeded: Error {}

    /// The bytes of each body that do not count: little memory even for a thousand connections.
    package static let uncounted = 64 << 10

    private let maximum: Int
    private let taken = Atomic(0)

    /// - Parameter maximum: The limit on the bytes of all bodies together, without the first ``uncounted`` of each.
    package init(bytes maximum: Int = 128 << 20) {
        self.maximum = maximum
    }

    /// Reads a request's body and calls `use` with it. Its bytes count until `use` returns.
    ///
    /// - Parameter limit: The limit on the body, in bytes.
    /// - Throws: ``Exceeded``, `NIOTooManyBytesError` if the body has more than `limit` bytes, and whatever the connection
    ///   or `use` throws.
    package func withBody<Result>(
        of request: Request,
        upTo limit: Int,
        _ use: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        var counted = 0
        defer { if counted > 0 { taken.subtract(counted, ordering: .relaxed) } }
        var body = ByteBuffer()
        for try await var part in request.body {
            let size = body.readableBytes + part.readableBytes
            guard size <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
            let excess = size - Self.uncounted - counted
            if excess > 0 {
                counted += excess
                guard taken.add(excess, ordering: .relaxed).newValue <= maximum else { throw Exceeded() }
            }
            if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
        }
        return try await use(body)
    }
}
