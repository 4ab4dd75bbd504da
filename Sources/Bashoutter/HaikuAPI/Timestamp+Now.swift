package import Haiku
import Time

extension Timestamp {
    package static var now: Timestamp { Timestamp(microseconds: WallClock.microseconds()) }
}
