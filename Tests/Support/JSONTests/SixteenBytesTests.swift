import JSON
import Testing

/// Strings are read and written sixteen bytes at a time; the result must not depend on the alignment.
@Suite
struct SixteenBytesTests {
    @Test(arguments: 0..<33)
    func `characters of every UTF-8 length survive writing and reading at each offset in a vector`(length: Int) throws {
        for scalar in (0..<0x100).compactMap(Unicode.Scalar.init(_:)) + ["水", "ࠀ", "퟿", "\u{E000}", "🐸"] {
            let text = String(repeating: "x", count: length) + String(scalar) + String(repeating: "y", count: 17)
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

    @Test(arguments: [1, 15, 16, 17, 31, 32, 1023, 1024, 1025, 5000])
    func `a long string with escapes is written as it is read`(length: Int) throws {
        let characters = Array("abc\"de\\f\u{1}水\n".unicodeScalars)
        var text = String.UnicodeScalarView()
        for index in 0..<length { text.append(characters[index * 7 % 11 % characters.count]) }
        var writer = JSONWriter(capacity: 0)
        writer.string(String(text))
        #expect(try JSONValue(parsing: writer.bytes).string == String(text))
    }

    @Test(
        arguments: [
            [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80], [0xE3, 0x81, 0x22], [0xE3, 0x22, 0x81], [0xE3, 0x81, 0xC0],
            [0xE3, 0xC1, 0x80],
        ] as [[UInt8]])
    func `invalid UTF-8 within a run of three-byte characters is rejected`(bytes: [UInt8]) {
        let run = Array("水の音".utf8)
        let text = Array("\"".utf8) + run + bytes + run + Array("\"".utf8)
        #expect(throws: JSONError(.invalidUTF8, at: 10)) { try JSONValue(parsing: text) }
    }

    @Test(
        arguments: [
            (#"{"first":{"S":"a"},"first":{"S":"水"}}"#, "水"), (#"{"first":{"S":"a"},"first":{"S":""}}"#, ""),
            (#"{"first":{"S":"a"},"first":{"N":"1"}}"#, nil), (#"{"first":{"S":"a"},"third":{"S":"b"}}"#, nil),
            (#"{"first":{"S":"a"}, "first":{"S":"b"}}"#, nil), (#"{"first":{"S":"a"},"first":{"S":"b" }}"#, nil),
            (#"{"first":{"S":"a"},"first":{"S":"b","S":"c"}}"#, nil), (#"{"first":{"S":"a"}}"#, nil),
        ] as [(String, String?)]
    )
    func `a tagged member is read in one step only if it has the form of the one before`(
        json: String, expected: String?
    ) throws {
        try Array(json.utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.beginObject()
            let key = try #require(try reader.nextKey())
            let text = try #require(try reader.readTaggedText()?.text)
            let head = try #require(reader.head(of: key, with: text))
            #expect(String(decoding: bytes[head], as: UTF8.self) == #""first":{"S":""#)
            let offset = reader.offset
            #expect(try reader.readTaggedMember(like: head)?.string == expected)
            if expected == nil { #expect(reader.offset == offset) }
            while try reader.nextKey() != nil { try reader.skipValue() }
            try reader.finish()
        }
    }

    @Test
    func `a tagged member without a comma before it is not read`() throws {
        try Array(#"{"a":{"S":"a"}"a":{"S":"b"}}"#.utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.beginObject()
            let key = try #require(try reader.nextKey())
            let text = try #require(try reader.readTaggedText()?.text)
            let head = try #require(reader.head(of: key, with: text))
            #expect(try reader.readTaggedMember(like: head) == nil)
            #expect(throws: JSONError(.unexpectedByte(UInt8(ascii: "\"")), at: 14)) { try reader.nextKey() }
        }
    }

    @Test(
        arguments: [
            (#"{"S":"水"}"#, "水"), (#"{"N":"12"}"#, "12"), (#"{"S":""}"#, ""), (#"{ "S":"x"}"#, nil),
            (#"{"S":"x" }"#, nil), (#"{"S":"x","N":"1"}"#, nil), (#"{"SS":["x"]}"#, nil), (#"{"M":{"a":1}}"#, nil),
            (#"{"S":1      }"#, nil), (#"{}"#, nil),
        ] as [(String, String?)]
    )
    func `a tagged text is read in one step only if it is one string without white space around it`(
        json: String, expected: String?
    ) throws {
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
            ("9223372036854775808", nil), ("999999999999999999", 999_999_999_999_999_999),
            ("00000000000000000000012", 12), ("12345678901234567x", nil), ("123456789012345678x", nil), ("", nil),
            ("-", nil), ("1.5", nil), ("+1", nil), ("1 ", nil),
        ] as [(String, Int?)]
    )
    func `a string is an integer if it consists of digits and fits in 64 bits`(digits: String, expected: Int?) throws {
        try Array("\"\(digits)\"".utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            let text = try reader.readText()
            #expect(text.int == expected)
        }
    }
}
