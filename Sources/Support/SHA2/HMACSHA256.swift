/// HMAC-SHA256 (RFC 2104) with one key. The hash state that depends only on the key is computed once.
package struct HMACSHA256 {
    private static let blockSize = 64

    private var inner = SHA256()
    private var outer = SHA256()

    /// - Parameter key: A key of any length.
    package init(key: some Collection<UInt8>) {
        var block = key.count > Self.blockSize ? SHA256.digest(of: key) : Array(key)
        block.append(contentsOf: repeatElement(0, count: Self.blockSize - block.count))
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5C })
    }

    /// Returns the authentication code of `message`, 32 bytes.
    package func code(for message: some Sequence<UInt8>) -> [UInt8] {
        var inner = inner
        inner.update(message)
        var outer = outer
        outer.update(inner.finish())
        return outer.finish()
    }
}
