import APIGateway
import Haiku
import SHA2

/// The name that a client gives to a post or a like, so that it can safely repeat it.
///
/// Key and poem together determine the haiku's id: repeating a post finds the haiku that it has already added, and
/// another poem under the same key, from the same client or another, is another post.
///
/// Source: IETF draft-ietf-httpapi-idempotency-key-header.
struct IdempotencyKey: Equatable {
    private let text: String

    /// Reads the header `Idempotency-Key`. Returns nil if there is none.
    ///
    /// - Throws: ``APIError/badRequest(_:)`` unless the value is 1 to 255 visible ASCII characters.
    init?(_ headers: HeaderFields) throws(APIError) {
        guard let text = headers["Idempotency-Key"] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .badRequest("Idempotency-Key must be 1 to 255 visible ASCII characters")
        }
        self.text = text
    }

    /// The first 128 bits of the SHA-256 of the key and the poem's strings, each prefixed with its length.
    func id(for poem: Poem) -> HaikuID {
        var bytes: [UInt8] = []
        for part in [text, poem.username, poem.first, poem.second, poem.third] {
            bytes += "\(part.utf8.count):\(part)".utf8
        }
        let digest = SHA256.digest(of: bytes)
        func word(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
        return HaikuID(high: word(0..<8), low: word(8..<16))
    }

    var likeMark: LikeMark {
        LikeMark(hashOf: "key:\(text)")
    }
}

extension LikeMark {
    /// The mark of a like whose client gave it no key. Lambda repeats the request id when it retries an invocation.
    init(requestID: String) {
        self.init(hashOf: "request:\(requestID)")
    }

    fileprivate init(hashOf name: String) {
        self.init(SHA256.digest(of: Array(name.utf8)).prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }
}
