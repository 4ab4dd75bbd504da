/// A moment in the two forms that Signature Version 4 writes it in, both in UTC.
package struct SigV4Timestamp: Sendable, Equatable {
    /// `20150830`
    package let date: String
    /// `20150830T123600Z`
    package let dateTime: String

    /// The moment that is `seconds` after 1970-01-01T00:00:00Z, without leap seconds.
    package init(secondsSince1970 seconds: Int) {
        let (days, time) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = CivilDate.date(ofDay: days)
        date = Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
        dateTime =
            date + "T" + Self.padded(time / 3_600, 2) + Self.padded(time / 60 % 60, 2) + Self.padded(time % 60, 2) + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// The proleptic Gregorian calendar, counted in days from 1970-01-01. Years are counted from March, so that the leap
/// day is the last one of its year, in eras of 400 years, which all have the same length.
enum CivilDate {
    private static let daysInEra = 146_097
    /// From 0000-03-01 to 1970-01-01.
    private static let daysToEpoch = 719_468

    static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (day + daysToEpoch).flooredQuotientAndRemainder(dividingBy: daysInEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    static func day(year: Int, month: Int, day: Int) -> Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredQuotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * daysInEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - daysToEpoch
    }
}

extension Int {
    /// The quotient rounded down, and the remainder that is never negative, for a positive divisor.
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
