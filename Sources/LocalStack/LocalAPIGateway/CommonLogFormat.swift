import Time

enum CommonLogFormat {
    /// `10/Mar/2020:05:16:23 +0000`
    static func time(millisecondsSince1970 milliseconds: Int64) -> String {
        let moment = UTCDateTime(secondsSince1970: Int(milliseconds / 1_000))
        let (date, month) = (moment.date, HTTPDate.months[moment.date.month - 1])
        return "\(date.day.zeroPadded(2))/\(month)/\(date.year.zeroPadded(4)):\(moment.time) +0000"
    }
}
