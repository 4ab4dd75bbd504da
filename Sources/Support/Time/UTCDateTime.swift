/// A second of POSIX time in the calendar and on the clock of UTC.
package struct UTCDateTime: Equatable, Sendable {
    package let date: CivilDate
    /// 0…23
    package let hour: Int
    /// 0…59
    package let minute: Int
    /// 0…59; 60 in a leap second that was parsed.
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

    /// `2020-07-06T02:46:04`, or with other separators: Signature Version 4 writes none.
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
    /// The decimal digits, with zeros in front up to `width` digits.
    package func zeroPadded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
