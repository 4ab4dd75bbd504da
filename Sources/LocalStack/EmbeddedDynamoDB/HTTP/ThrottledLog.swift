import Logging
import Synchronization

/// Tells of a trouble that every request meets while it lasts, but not with every request.
final class ThrottledLog: Sendable {
    private static let interval = Duration.seconds(5)

    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Writes the message, unless that was done a moment ago.
    func write(_ message: Logger.Message, to logger: Logger) {
        let isDue = last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        if isDue { logger.error(message) }
    }
}
