import Encoding

/// What an item remembers of a like, so that the like counts once although its request is repeated: 32 bits of a hash.
package struct LikeMark: Hashable, Sendable {
    private let bits: UInt32

    package init(_ bits: UInt32) {
        self.bits = bits
    }

    /// The bits as four bytes, big-endian, in Base64.
    package var base64: String {
        let bytes = withUnsafeBytes(of: bits.bigEndian, Array.init)
        return String(decoding: Base64.encode(bytes), as: UTF8.self)
    }
}
