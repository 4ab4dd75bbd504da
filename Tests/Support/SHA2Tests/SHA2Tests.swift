import SHA2
import Testing

@Suite
struct SHA256Tests {
    /// NIST's examples for FIPS 180-4, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `the digests are NIST's`(message: String, digest: String) {
        #expect(hex(SHA256.digest(of: Array(message.utf8))) == digest)
    }

    @Test
    func `a message in pieces has the same digest`() {
        let message = Array(UInt8.min...UInt8.max)
        for size in [1, 63, 64, 65, 100] {
            var hash = SHA256()
            for start in stride(from: 0, to: message.count, by: size) {
                hash.update(message[start..<min(start + size, message.count)])
            }
            #expect(hash.finish() == SHA256.digest(of: message))
        }
        var hash = SHA256()
        hash.update(message.lazy.map { $0 })
        #expect(hash.finish() == SHA256.digest(of: message))
    }
}

@Suite
struct HMACSHA256Tests {
    /// RFC 4231, section 4, test cases 1, 2, 6 and 7.
    @Test(
        arguments: [
            (
                Array(repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                Array(repeating: 0xAA, count: 131),
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], String, String)])
    func `the codes are those of RFC 4231`(key: [UInt8], message: String, code: String) {
        #expect(hex(HMACSHA256(key: key).code(for: Array(message.utf8))) == code)
    }

    /// Test cases 3 and 4.
    @Test
    func `the codes of bytes outside ASCII are those of RFC 4231`() {
        let third = HMACSHA256(key: Array(repeating: 0xAA, count: 20)).code(for: Array(repeating: 0xDD, count: 50))
        #expect(hex(third) == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
        let fourth = HMACSHA256(key: Array(0x01...0x19)).code(for: Array(repeating: 0xCD, count: 50))
        #expect(hex(fourth) == "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")
    }

    /// A key of exactly a block (64 bytes) is used as it is.
    @Test(arguments: [
        (63, "e458f5dd7e8afee6b774e5d451ae43f4d268bf11646030143d0b0231dcb02383"),
        (64, "3b7a8d453e76edb519238a515105a57508d0f169f480ebeee120a9e7803289fa"),
        (65, "c2d7d4c2256ddb097409ec0c67e1d58fa1a007fc6932cac0d892a525d08af7cc"),
    ])
    func `keys around the block size have the codes of Python's hmac`(length: Int, code: String) {
        #expect(hex(HMACSHA256(key: Array(repeating: 0x6B, count: length)).code(for: Array("m".utf8))) == code)
    }
}

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
