import CLibcrypto

/// SHA-256 (FIPS 180-4) by libcrypto.
struct SHA256 {
    private var context = SHA256_CTX()

    init() { SHA256_Init(&context) }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        let isContiguous: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            _ = SHA256_Update(&context, buffer.baseAddress, buffer.count)
        }
        if isContiguous == nil { update(Array(bytes)) }
    }

    consuming func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
            SHA256_Final(digest.baseAddress, &context)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// The 32 bytes of the digest of `bytes`.
    static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }
}

/// HMAC-SHA256 (RFC 2104) under one key; what depends on the key alone is computed once.
struct HMACSHA256 {
    private static let blockSize = 64

    private var inner = SHA256()
    private var outer = SHA256()

    init(key: some Collection<UInt8>) {
        var block = key.count > Self.blockSize ? SHA256.digest(of: key) : Array(key)
        block.append(contentsOf: repeatElement(0, count: Self.blockSize - block.count))
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5C })
    }

    /// The 32 bytes of the code of `message`.
    func code(for message: some Sequence<UInt8>) -> [UInt8] {
        var inner = inner
        inner.update(message)
        var outer = outer
        outer.update(inner.finish())
        return outer.finish()
    }
}

enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The lower-case digits of `bytes`.
    static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digits[Int(byte >> 4)]
                text[2 * index + 1] = digits[Int(byte & 0xF)]
            }
            return 2 * bytes.count
        }
    }
}
