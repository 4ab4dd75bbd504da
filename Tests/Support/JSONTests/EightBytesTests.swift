import JSON
import Testing

/// Strings are read and written eight bytes at a time; the result must not depend on the alignment.
@Suite
struct EightBytesTests {
    @Test(arguments: 0..<17)
    func `each character survives writing and reading at each offset in a word`(length: Int) throws {
        for scalar in (0..<0x100).compactMap(Unicode.Scalar.init(_:)) + ["水", "🐸"] {
            let text = String(repeating: "x", count: length) + String(scalar) + String(repeating: "y", count: 9)
            var writer = JSONWriter()
            writer.string(text)
            #expect(try JSONValue(parsing: writer.bytes).string == text)
        }
    }

    @Test
    func `a string in which every character is escaped is written completely`() throws {
        let text = String(repeating: "\"\\\u{1}\n", count: 100)
        var writer = JSONWriter(capacity: 0)
        writer.array { $0.string(text) }
        #expect(writer.bytes.count == 100 * (2 + 2 + 6 + 2) + 4)
        #expect(try JSONValue(parsing: writer.bytes).array?.first?.string == text)
    }

    @Test(
        arguments: [
            (#"{"S":"水"}"#, "水"), (#"{"N":"12"}"#, "12"), (#"{"S":""}"#, ""), (#"{ "S":"x"}"#, nil),
            (#"{"S":"x" }"#, nil), (#"{"S":"x","N":"1"}"#, nil), (#"{"SS":["x"]}"#, nil), (#"{"M":{"a":1}}"#, nil),
            (#"{"S":1      }"#, nil), (#"{}"#, nil),
        ] as [(String, String?)]
    )
    func `a tagged text is read in one step only if it contains no white space`(json: String, expected: String?) throws
    {
        try Array(json.utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            let text = try reader.readTaggedText()?.text
            #expect(text?.string == expected)
            if expected == nil {
                #expect(reader.offset == 0)
                try reader.skipValue()
            }
            try reader.finish()
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-12", -12), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
            ("9223372036854775808", nil), ("", nil), ("-", nil), ("1.5", nil), ("+1", nil), ("1 ", nil),
        ] as [(String, Int?)]
    )
    func `integers are parsed from a string of digits`(digits: String, expected: Int?) throws {
        try Array("\"\(digits)\"".utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            let text = try reader.readText()
            #expect(text.int == expected)
        }
    }
}
