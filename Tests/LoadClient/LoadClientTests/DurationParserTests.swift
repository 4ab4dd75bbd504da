import LoadClient
import Testing

struct DurationParserTests {
    @Test(arguments: [
        ("10", 10 * second), ("10s", 10 * second), ("500ms", 500 * millisecond), ("1.5m", 90 * second),
        ("2min", 120 * second), ("1h", 3600 * second), ("250us", 250_000), ("0", 0), ("", nil), ("s", nil),
        ("-1s", nil),
        ("1d", nil), ("1 s", nil), ("1e3", nil), ("1.2.3", nil), ("99999999h", nil), ("１", nil),
    ])
    func `durations are parsed`(text: String, time: Nanoseconds?) {
        #expect(DurationParser.nanoseconds(in: text) == time)
    }
}
