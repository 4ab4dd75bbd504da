import Time

/// A time (UTC) in the two formats of Signature Version 4.
package struct SigV4Timestamp: Sendable, Equatable {
    /// `20150830`
    package let date: String
    /// `20150830T123600Z`
    package let dateTime: String

    package init(secondsSince1970 seconds: Int) {
        dateTime = UTCDateTime(secondsSince1970: seconds).iso8601(.basic, zone: "Z")
        date = String(Substring(dateTime.utf8.prefix { $0 != UInt8(ascii: "T") }))
    }
}
