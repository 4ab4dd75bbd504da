import Time

/// A moment, in whole microseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted (POSIX time).
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970.
    public let microseconds: Int64

    /// The moment `microseconds` after 1970 began.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Whether `left` is before `right`.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// The form of the textbook, `2020-07-06T02:46:04+00:00`: ISO 8601, whole seconds, UTC.
    public var description: String {
        let seconds = microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient
        return UTCDateTime(secondsSince1970: Int(seconds)).iso8601() + "+00:00"
    }
}
