import Logging
import Synchronization

/// Logs an error at most once every five seconds, however many requests cause it.
final class ThrottledLog: Sendable {
    private static let interval = Duration.seconds(5)

    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func error(_ message: Logger.Message, to logger: Logger) {
        let isDue = last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        if isDue { logger.error(message) }
    }
}
