import Synchronization

/// The retry budget that all requests of a client share, so that a failing service is not flooded with retries. Successes
/// refill it.
///
/// Source of the numbers: see ``RetryPolicy``.
final class RetryQuota: Sendable {
    private static let capacity = 500
    private static let transientRetryCost = 14
    private static let throttlingRetryCost = 5
    private static let successRefill = 1

    private let available = Mutex(capacity)

    /// Acquires the cost of one retry and returns it; nil if the quota is exhausted.
    func acquire(isThrottling: Bool) -> Int? {
        let cost = isThrottling ? Self.throttlingRetryCost : Self.transientRetryCost
        return available.withLock { available in
            guard available >= cost else { return nil }
            available -= cost
            return cost
        }
    }

    /// Refills the quota after a success with the cost of the operation's last retry, or by 1 if there was no retry.
    func refill(lastCost: Int?) {
        available.withLock { $0 = min(Self.capacity, $0 + (lastCost ?? Self.successRefill)) }
    }
}
