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

    /// The two formats of ISO 8601.
    package enum ISO8601Format {
        /// `20200706T024604`
        case basic
        /// `2020-07-06T02:46:04`
        case extended
    }

    /// - Parameter zone: The designator of the time zone, which follows the time.
    package func iso8601(_ format: ISO8601Format = .extended, zone: String) -> String {
        // Strings that grow piece by piece take several times as long.
        var text: [UInt8] = []
        text.reserveCapacity(32)
        text.append(decimal: date.year, digits: 4)
        if format == .extended { text.append(UInt8(ascii: "-")) }
        text.append(decimal: date.month, digits: 2)
        if format == .extended { text.append(UInt8(ascii: "-")) }
        text.append(decimal: date.day, digits: 2)
        text.append(UInt8(ascii: "T"))
        text.append(decimal: hour, digits: 2)
        if format == .extended { text.append(UInt8(ascii: ":")) }
        text.append(decimal: minute, digits: 2)
        if format == .extended { text.append(UInt8(ascii: ":")) }
        text.append(decimal: second, digits: 2)
        text.append(contentsOf: zone.utf8)
        return String(decoding: text, as: UTF8.self)
    }

    /// `02:46:04`
    package var time: String {
        "\(hour.zeroPadded(2)):\(minute.zeroPadded(2)):\(second.zeroPadded(2))"
    }
}

extension [UInt8] {
    /// Appends the decimal digits, padded with leading zeros to at least `digits`.
    fileprivate mutating func append(decimal value: Int, digits: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude, digits: digits)
    }

    private mutating func append(decimal value: UInt, digits: Int) {
        if value > 9 || digits > 1 { append(decimal: value / 10, digits: digits - 1) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}

extension BinaryInteger {
    /// The decimal digits, padded with leading zeros to at least `width` digits.
    package func zeroPadded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
