package import NIOCore

/// Spreads rejections over time, so that they leave the event loop enough time to serve the admitted requests.
///
/// A client whose request is rejected often sends the next one at once. If every rejection were immediate too, the event
/// loop would do nothing else. So a burst is rejected at once; under overload, each rejection waits for its scheduled
/// time: half a second with a thousand connections, or a second if every rejection closes its connection.
package struct RefusalPace {
    /// Rejections that are made at once before the first has to wait.
    package static let burst = 100
    /// The cost of a rejection that closes its connection, in intervals: the client usually opens another connection.
    package static let costOfConnection = 3

    /// The time between two rejections under overload.
    package let interval: TimeAmount
    /// The longest that a rejection waits. Beyond it, rejections are made as requests arrive: clients that have gone, or
    /// do not wait for the response, must not delay the others.
    package static let longest = TimeAmount.seconds(1)

    private var next = NIODeadline.uptimeNanoseconds(0)

    /// - Parameter interval: The time between two rejections under overload: several times what a rejection costs.
    package init(interval: TimeAmount = .microseconds(500)) { self.interval = interval }

    /// Schedules one more rejection and returns its time: `now` or later.
    ///
    /// - Parameter endsConnection: Whether the rejection closes its connection.
    package mutating func turn(_ now: NIODeadline, endsConnection: Bool = false) -> NIODeadline {
        let time = endsConnection ? interval * Self.costOfConnection : interval
        next = min(max(next, now - interval * Self.burst) + time, now + Self.longest)
        return max(next, now)
    }
}
