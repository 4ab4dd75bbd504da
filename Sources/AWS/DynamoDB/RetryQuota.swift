import Synchronization

/// What all requests of a client may spend on retries together, so that a broken service is not flooded with them. It
/// refills with sound answers.
final class RetryQuota: Sendable {
    private static let capacity = 500
    private static let transientRetryCost = 14
    private static let throttlingRetryCost = 5
    private static let successRefill = 1

    private let available = Mutex(capacity)

    /// Takes what a retry costs and returns it; nil when there is not enough.
    func take(isThrottling: Bool) -> Int? {
        let cost = isThrottling ? Self.throttlingRetryCost : Self.transientRetryCost
        return available.withLock { available in
            guard available >= cost else { return nil }
            available -= cost
            return cost
        }
    }

    /// Gives back after a sound answer what its last retry cost, or a little if there was none.
    func refill(lastCost: Int?) {
        available.withLock { $0 = min(Self.capacity, $0 + (lastCost ?? Self.successRefill)) }
    }
}
