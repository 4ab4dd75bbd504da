import Time

/// A point in time: whole microseconds since 1970-01-01T00:00:00 UTC, without leap seconds (POSIX time).
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// The textbook's form, `2020-07-06T02:46:04+00:00`: ISO 8601, whole seconds, UTC.
    package var description: String {
        let seconds = microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient
        return UTCDateTime(secondsSince1970: Int(seconds)).iso8601(zone: "+00:00")
    }
}
