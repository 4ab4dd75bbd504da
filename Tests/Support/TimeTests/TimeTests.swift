import Foundation
import Testing
import Time

@Suite
struct TimeTests {
    @Test(arguments: [
        (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (47_540, 2100, 2, 28),
        (47_541, 2100, 3, 1), (18_449, 2020, 7, 6), (-719_528, 0, 1, 1), (2_932_896, 9999, 12, 31),
    ])
    func `dates and days since 1970 convert both ways`(day: Int, year: Int, month: Int, dayOfMonth: Int) {
        let date = CivilDate(year: year, month: month, day: dayOfMonth)
        #expect(CivilDate(daysSince1970: day) == date)
        #expect(date.daysSince1970 == day)
    }

    @Test
    func `every day from 1600 to 2400 agrees with Foundation's calendar`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: -135_140, through: 157_419, by: 1) {
            let parts = calendar.dateComponents(
                [.year, .month, .day],
                from: Date(timeIntervalSince1970: Double(day) * 86_400)
            )
            let date = CivilDate(daysSince1970: day)
            try #require(parts.year == date.year && parts.month == date.month && parts.day == date.day)
            try #require(date.daysSince1970 == day)
        }
    }

    /// The first is the example of RFC 9110, section 5.6.7.
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (946_684_799, "Fri, 31 Dec 1999 23:59:59 GMT"),
    ])
    func `HTTP dates and seconds since 1970 convert both ways`(seconds: Int, text: String) {
        #expect(HTTPDate.string(secondsSince1970: seconds) == text)
        #expect(HTTPDate.secondsSince1970(text) == seconds)
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func `other date formats and impossible times are rejected`(text: String) {
        #expect(HTTPDate.secondsSince1970(text) == nil)
    }

    @Test
    func `ISO 8601 fields are zero-padded, with or without separators`() {
        let moment = UTCDateTime(secondsSince1970: 1_593_999_964)
        #expect(moment.iso8601(zone: "+00:00") == "2020-07-06T01:46:04+00:00")
        #expect(moment.iso8601(.basic, zone: "Z") == "20200706T014604Z")
        #expect(UTCDateTime(secondsSince1970: -1).iso8601(zone: "Z") == "1969-12-31T23:59:59Z")
        #expect(moment.secondsSince1970 == 1_593_999_964)
    }

    @Test(arguments: [(999, "0999"), (9_999, "9999"), (12_345, "12345"), (-5, "-0005")])
    func `years have at least four digits`(year: Int, digits: String) {
        let moment = UTCDateTime(date: CivilDate(year: year, month: 1, day: 2), hour: 3, minute: 4, second: 5)
        #expect(moment.iso8601(zone: "Z") == "\(digits)-01-02T03:04:05Z")
    }
}
