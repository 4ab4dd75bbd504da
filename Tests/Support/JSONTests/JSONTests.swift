import JSON
import Testing

@Suite
struct JSONReaderTests {
    @Test(arguments: [
        (#"{"a":"b" "c"}"#, JSONError(.unexpectedByte(UInt8(ascii: "\"")), at: 9)),
        (#"{"a":1,}"#, JSONError(.unexpectedByte(UInt8(ascii: "}")), at: 7)),
        (#"[1,2"#, JSONError(.unexpectedEnd, at: 4)),
        (#""abc"#, JSONError(.unexpectedEnd, at: 4)),
        ("\"a\u{1}b\"", JSONError(.controlCharacter, at: 2)),
        (#""12345678\x""#, JSONError(.invalidEscape, at: 9)),
        (#""\ud800""#, JSONError(.loneSurrogate, at: 1)),
        (#""\udc00\ud800""#, JSONError(.loneSurrogate, at: 1)),
        ("-", JSONError(.invalidNumber, at: 1)),
        ("1.e3", JSONError(.invalidNumber, at: 2)),
        ("012", JSONError(.trailingBytes, at: 1)),
        ("tru", JSONError(.unexpectedEnd, at: 3)),
        ("trux", JSONError(.unexpectedByte(UInt8(ascii: "x")), at: 3)),
        ("[[[]]]", JSONError(.tooDeep, at: 2)),
        ("", JSONError(.unexpectedEnd, at: 0)),
        ("{} {}", JSONError(.trailingBytes, at: 3)),
    ])
    func `errors have a reason and a byte offset`(text: String, error: JSONError) {
        #expect(throws: error) { try JSONValue(parsing: text, maximumDepth: 2) }
    }

    @Test(arguments: ["[[],[],[],{}]", #"{"a":[],"b":{},"c":[1]}"#])
    func `siblings do not count as depth`(text: String) throws {
        _ = try JSONValue(parsing: text, maximumDepth: 2)
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xE3, 0x81], [0x80], [0xFF],
        ] as [[UInt8]])
    func `invalid UTF-8 in a string is rejected`(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue(parsing: text) }
    }

    @Test(arguments: [
        (#""古池や蛙飛び込む水の音""#, "古池や蛙飛び込む水の音"),
        (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{c}\n\r\t"),
        (#""\u53e4\u6c60\ud83d\ude00""#, "古池😀"),
        (#""👨‍👩‍👧‍👦 𠮷 ꙮ""#, "👨‍👩‍👧‍👦 𠮷 ꙮ"),
        (#""""#, ""),
        (#""\u0000""#, "\0"),
    ])
    func `strings are unescaped`(text: String, string: String) throws {
        #expect(try JSONValue(parsing: text) == .string(string))
    }

    @Test(
        arguments: [
            ("0", 0), ("-7", -7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("99999999999999999999", nil), ("1.0", nil),
            ("", nil), ("-", nil),
        ] as [(String, Int?)])
    func `an integer in a string is read if it fits in 64 bits`(text: String, int: Int?) throws {
        let found = try Array("\"\(text)\"".utf8).withUnsafeBytes { bytes throws(JSONError) in
            var reader = JSONReader(bytes)
            return try reader.readText().int
        }
        #expect(found == int)
    }

    @Test
    func `numbers keep their text`() throws {
        for text in ["-0", "1E400", "123456789012345678901234567890", "0.10", "1e-7"] {
            #expect(try JSONValue(parsing: text).number?.text == text)
        }
        #expect(try JSONValue(parsing: "42").int == 42)
        #expect(try JSONValue(parsing: "42.0").int == nil)
        #expect(JSONNumber("1.") == nil)
        #expect(JSONNumber(" 1") == nil)
        #expect(JSONNumber("1.5e3")?.double == 1500)
    }

    @Test
    func `keys are unescaped before comparison`() throws {
        let text = Array(#"{"\u0066irst":"a","second":"b"}"#.utf8)
        try text.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            var found: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "first": found.append("first=\(try reader.readString())")
                case "second": found.append("second=\(try reader.readString())")
                default: try reader.skipValue()
                }
            }
            try reader.finish()
            #expect(found == ["first=a", "second=b"])
        }
    }

    @Test
    func `skipping returns the exact range of the value`() throws {
        let text = Array(#"{"a": [1, {"b": null}] , "c":2}"#.utf8)
        try text.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.beginObject()
            _ = try reader.nextKey()
            let range = try reader.skipValue()
            #expect(String(decoding: bytes[range], as: UTF8.self) == #"[1, {"b": null}]"#)
        }
    }

    @Test
    func `a value of another kind is an error that names the expected kind`() throws {
        let text = Array("[]".utf8)
        text.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            #expect(throws: JSONError(.expected(.object), at: 0)) { try reader.beginObject() }
        }
    }
}

@Suite
struct JSONWriterTests {
    @Test
    func `objects, arrays and commas are written correctly`() {
        var writer = JSONWriter()
        writer.object {
            $0.member("a", "x")
            $0.member("b", 2)
            $0.member("c", true)
            $0.key("d")
            $0.array {
                $0.null()
                $0.object { _ in }
                $0.array { _ in }
                $0.string("é")
            }
            $0.key("long key \"quoted\"" as String)
            $0.raw("1.50")
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":"x","b":2,"c":true,"d":[null,{},[],"é"],"long key \"quoted\"":1.50}"#)
    }

    @Test(arguments: [
        ("plain", #""plain""#),
        ("quote \" backslash \\ slash /", #""quote \" backslash \\ slash /""#),
        ("\u{0}\u{1f}\n\r\t\u{8}\u{c}\u{7f}", "\"\\u0000\\u001f\\n\\r\\t\\b\\f\u{7f}\""),
        ("12345678\"12345678\\", #""12345678\"12345678\\""#),
        ("春の海ひねもすのたりのたりかな", #""春の海ひねもすのたりのたりかな""#),
        ("", #""""#),
    ])
    func `only characters that RFC 8259 requires to be escaped are escaped`(string: String, json: String) {
        var writer = JSONWriter()
        writer.string(string)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
    }
}
