package import NIOCore

/// API Gateway's throttle: a token bucket from which each request takes a token.
///
/// Source: "Throttle requests to your HTTP APIs for better throughput in API Gateway".
package struct Throttle {
    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var last: NIODeadline?

    /// - Parameters:
    ///   - rate: The tokens added per second.
    ///   - burst: The capacity of the bucket.
    package init(rate: Double, burst: Double) {
        self.rate = rate
        self.burst = burst
        tokens = burst
    }

    /// Takes a token. Returns false if there is none.
    package mutating func admitsRequest(at now: NIODeadline) -> Bool {
        if let last { tokens = min(burst, tokens + Double((now - last).nanoseconds) / 1e9 * rate) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
