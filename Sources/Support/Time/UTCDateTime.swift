/// A date and a time of day in UTC, to the second.
package struct UTCDateTime: Equatable, Sendable {
    package let date: CivilDate
    /// 0…23
    package let hour: Int
    /// 0…59
    package let minute: Int
    /// 0…60: parsed text may contain a leap second.
    package let second: Int

    package init(date: CivilDate, hour: Int, minute: Int, second: Int) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    package init(secondsSince1970 seconds: Int) {
        let (days, time) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        self.init(
            date: CivilDate(daysSince1970: days),
            hour: time / 3_600,
            minute: time / 60 % 60,
            second: time % 60
        )
    }

    package var secondsSince1970: Int {
        date.daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// `2020-07-06T02:46:04`; Signature Version 4 uses the form without separators, `20200706T024604`.
    package func iso8601(dateSeparator: String = "-", timeSeparator: String = ":") -> String {
        let date = [date.year.zeroPadded(4), date.month.zeroPadded(2), date.day.zeroPadded(2)]
        return date.joined(separator: dateSeparator) + "T" + time(separator: timeSeparator)
    }

    /// `02:46:04`
    package func time(separator: String = ":") -> String {
        hour.zeroPadded(2) + separator + minute.zeroPadded(2) + separator + second.zeroPadded(2)
    }
}

extension BinaryInteger {
    /// The decimal digits, padded with leading zeros to at least `width` digits.
    package func zeroPadded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
