package import NIOCore

/// Spreads rejections over time, so that they leave the event loop enough time to serve the admitted requests.
///
/// A client whose request is rejected often sends the next one at once. If every rejection were immediate too, the event
/// loop would do nothing else. So a burst is rejected at once; under overload, each rejection waits for its scheduled time.
package struct RejectionSchedule {
    /// Rejections that are made at once before the first has to wait.
    package static let burst = 100
    /// The time between two rejections under overload: several times what a rejection costs.
    package static let interval = TimeAmount.milliseconds(2)
    package static let maximumDelay = TimeAmount.milliseconds(900)

    private var last = NIODeadline.uptimeNanoseconds(0)

    package init() {}

    /// Schedules one more rejection and returns its time: `now` or later.
    package mutating func next(at now: NIODeadline) -> NIODeadline {
        last = min(max(last, now - Self.interval * Self.burst) + Self.interval, now + Self.maximumDelay)
        return max(last, now)
    }
}
