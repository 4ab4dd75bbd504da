public import Haiku
import Time

extension Timestamp {
    /// The current time of the system's wall clock.
    public static var now: Timestamp { Timestamp(microseconds: WallClock.microseconds()) }
}
