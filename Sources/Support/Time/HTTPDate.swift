/// Dates in HTTP header fields: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7, IMF-fixdate).
package enum HTTPDate {
    /// The abbreviated English names, starting with January.
    package static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    /// 1970-01-01 was a Thursday.
    private static let weekdayOfEpoch = 4

    /// Returns nil unless `text` is an IMF-fixdate from 1970 on. Neither the weekday nor the month's length is checked.
    package static func secondsSince1970(_ text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let date = CivilDate(year: year, month: month + 1, day: day)
        return UTCDateTime(date: date, hour: time[0], minute: time[1], second: time[2]).secondsSince1970
    }

    package static func string(secondsSince1970 seconds: Int) -> String {
        let moment = UTCDateTime(secondsSince1970: seconds)
        let date = moment.date
        let weekday = (date.daysSince1970 + weekdayOfEpoch).flooredQuotientAndRemainder(dividingBy: 7).remainder
        return "\(weekdays[weekday]), \(date.day.zeroPadded(2)) \(months[date.month - 1]) \(date.year.zeroPadded(4))"
            + " \(moment.time) GMT"
    }
}
