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
        let seconds = Self.floorDivide(microseconds, 1_000_000)
        let days = Self.floorDivide(seconds.quotient, 86_400)
        let date = Self.civilDate(daysSince1970: days.quotient)
        let time = days.remainder
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(date.year)
        let paddedYear = String(repeating: "0", count: max(0, 4 - year.utf8.count)) + year
        return "\(paddedYear)-\(two(date.month))-\(two(date.day))"
            + "T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))+00:00"
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The proleptic Gregorian date, counted in eras of 400 years that begin on 1 March, so that the leap day comes
    /// last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let era = floorDivide(daysSince1970 + 719_468, 146_097)
        let dayOfEra = era.remainder
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
