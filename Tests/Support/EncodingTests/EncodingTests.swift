import Encoding
import Testing

@Suite
struct EncodingTests {
    /// Values from zlib. The lengths 15 to 17 are around the 16 bytes that are computed at a time.
    @Test(
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926), ("0123456789abcde", 0x1629_BB92),
            ("0123456789abcdef", 0x68C4_F033), ("0123456789abcdef0", 0x4B63_7AC7),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)]
    )
    func `CRC-32 agrees with zlib`(text: String, checksum: UInt32) {
        #expect(Array(text.utf8).withUnsafeBytes { CRC32.checksum(of: $0) } == checksum)
    }

    @Test(arguments: [
        ("/a%20b", "/a b"), ("/%E5%8F%A4", "/古"), ("/%zz", "/%zz"), ("/%", "/%"), ("/%4", "/%4"), ("/%ff", "/%ff"),
        ("/a+b", "/a+b"), ("/%2541", "/%41"), ("/%e5%8f%a4", "/古"),
    ])
    func `percent-decoding keeps malformed escapes and invalid UTF-8 unchanged`(
        path: String,
        decoded: String
    ) {
        #expect(PercentEncoding.decode(path.utf8) == decoded)
    }

    @Test(arguments: [
        ("/a%20b", "/a b"), ("/%E5%8F%A4", "/古"), ("/a+b", "/a+b"), ("/%zz", nil), ("/%", nil), ("/%4", nil),
        ("/%ff", nil),
    ])
    func `strict percent-decoding rejects malformed escapes and invalid UTF-8`(path: String, decoded: String?) {
        #expect(PercentEncoding.decodeStrictly(path.utf8) == decoded)
    }

    @Test
    func `percent-encoding keeps only unreserved characters`() {
        let text = PercentEncoding.encode(Array("AZaz09-._~ /%+é".utf8))
        #expect(String(decoding: text, as: UTF8.self) == "AZaz09-._~%20%2F%25%2B%C3%A9")
    }

    @Test
    func `every byte survives percent-encoding and decoding`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(PercentEncoding.decodeBytes(PercentEncoding.encode(bytes)) == bytes)
    }

    @Test
    func `a query is split into decoded parameters in order`() {
        let parameters = PercentEncoding.parameters(ofQuery: "b=1+2&a&&b=%26%3D=&=x")
        #expect(parameters.map(\.name) == ["b", "a", "b", ""])
        #expect(parameters.map(\.value) == ["1 2", "", "&==", "x"])
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `Base64 agrees with the test vectors of RFC 4648`(text: String, encoded: String) throws {
        #expect(Base64.encode(Array(text.utf8)) == Array(encoded.utf8))
        #expect(try Base64.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm-_"])
    func `malformed Base64 is rejected`(encoded: String) {
        #expect(throws: Base64.DecodingError.self) { try Base64.decode(encoded.utf8) }
    }

    @Test
    func `every byte is encoded as two lower-case hexadecimal digits`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.encode(bytes) == bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    @Test
    func `only hexadecimal digits have a value`() {
        for byte in UInt8.min...UInt8.max {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect(Hexadecimal.value(of: byte) == UInt8(text, radix: 16))
            #expect(Hexadecimal.value(ofLowercase: byte) == (text == text.lowercased() ? UInt8(text, radix: 16) : nil))
        }
    }

    @Test
    func `each half of 32 random digits is random`() {
        let texts = (0..<8).map { _ in Hexadecimal.random(32) }
        #expect(Set(texts.map { $0.prefix(16) }).count == 8)
        #expect(Set(texts.map { $0.suffix(16) }).count == 8)
    }

    @Test
    func `hexadecimal digits of either case have a value, other characters do not`() {
        #expect(
            "09afAF/:@G`g".utf8.map(Hexadecimal.value(of:)) == [0, 9, 10, 15, 10, 15, nil, nil, nil, nil, nil, nil])
    }

    @Test
    func `random identifiers differ and use the whole alphabet`() {
        let texts = (0..<1_000).map { _ in Identifier.random(52, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345") }
        #expect(Set(texts).count == 1_000)
        #expect(texts.allSatisfy { $0.utf8.count == 52 })
        #expect(Set(texts.joined()) == Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"))
        #expect(Set((0..<100).map { _ in Identifier.hexadecimal(32) }.joined()) == Set("0123456789abcdef"))
    }
}
