import LoadClient
import Testing

struct ResponseHeadersTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("300", 300), ("301", 300), ("99999999999999999999", 300),
            ("", nil), ("-1", nil), ("1.5", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
        ] as [(String, Nanoseconds?)])
    func `Retry-After is a number of seconds, of which at most 300 count`(value: String, seconds: Nanoseconds?) {
        #expect(ResponseHeaders.retryAfter(value) == seconds.map { $0 * second })
    }
}
