/// What the state machines need to know about an invocation.
package protocol PoolInvocation: Sendable {
    associatedtype Payload: Sendable

    /// The request id.
    var id: String { get }
    /// The size of the payload in bytes.
    var size: Int { get }
    /// When the invocation reached Lambda.
    var arrival: ContinuousClock.Instant { get }
}
