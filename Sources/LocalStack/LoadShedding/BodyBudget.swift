public import HummingbirdCore
public import NIOCore
import Synchronization

/// Bounds the memory that the bodies of requests take, over all connections of the servers that share it.
///
/// A bound on the connections and one on each body do not bound their product: a thousand clients that send ten
/// megabytes each, and keep the last byte, would have the server hold ten gigabytes. Bytes are counted as they come, since
/// what a client announces it need not send. The first ones of each body are free, so that usual requests are served
/// whatever large ones do.
///
/// ```swift
/// let event = try await budget.withBody(of: request, upTo: 10 << 20) { body in … }
/// ```
public final class BodyBudget: Sendable {
    /// Thrown when a body does not fit beside those that are there. What is left of it has not been read.
    public struct Exceeded: Error {}

    /// So many bytes of each body are not counted. A thousand connections do not need much memory for them.
    public static let uncounted = 64 << 10

    private let maximum: Int
    private let taken = Atomic(0)

    /// - Parameter maximum: How many bytes all bodies may have together, without the first ones of each.
    public init(bytes maximum: Int = 128 << 20) {
        self.maximum = maximum
    }

    /// Reads a request's body and has `use` use it. Its bytes count until `use` returns.
    ///
    /// - Parameter limit: How many bytes the body may have.
    /// - Throws: ``Exceeded``, `NIOTooManyBytesError` when there are more than `limit` bytes, what the connection throws,
    ///   and what `use` throws.
    public func withBody<Result>(
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
            let more = size - Self.uncounted - counted
            if more > 0 {
                counted += more
                guard taken.add(more, ordering: .relaxed).newValue <= maximum else { throw Exceeded() }
            }
            if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
        }
        return try await use(body)
    }
}
