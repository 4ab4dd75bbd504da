public import APIGateway
public import Haiku
public import HaikuRepository
public import LambdaRuntime
internal import SHA2

/// `POST /haiku`
public struct PostHaikuEndpoint: HaikuEndpoint {
    /// How many bytes the body may have.
    public static let maximumBodySize = 8192

    private let repository: any HaikuAdder
    private let now: @Sendable () -> Timestamp
    private let newID: @Sendable () -> HaikuID

    /// An endpoint that adds to `repository`. `now` and `newID` give each haiku its time and its id.
    public init(
        _ repository: any HaikuAdder,
        now: @escaping @Sendable () -> Timestamp = { .now },
        newID: @escaping @Sendable () -> HaikuID = { .random() }
    ) {
        self.repository = repository
        self.now = now
        self.newID = newID
    }

    /// Adds the haiku in the body and answers where it is.
    public func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        guard request.resource == .haiku else { throw APIError.noSuchPath }
        guard request.method == "POST" else { throw APIError.methodNotAllowed(allowed: request.resource.methods) }
        guard request.body.count <= Self.maximumBodySize else {
            throw APIError.bodyTooLarge(maximum: Self.maximumBodySize)
        }
        let poem = try Poem(parsing: request.body)
        let key = try IdempotencyKey(request.headers)
        let id = try await add(poem, under: key, deadline: context.handlerDeadline)
        var reply = ProxyResponse(status: 201, description: "Successfully added a new haiku")
        reply.headers.append(("Location", "haiku/\(id)"))
        return reply
    }

    private func add(
        _ poem: Poem,
        under key: IdempotencyKey?,
        deadline: ContinuousClock.Instant
    ) async throws -> HaikuID {
        while true {
            let id = key?.id(for: poem) ?? newID()
            let addition = try await repository.add(Haiku(id: id, poem: poem, postedAt: now()), deadline: deadline)
            // Under a key, a haiku that is there already is this one, posted before. Without one, it is another whose
            // id was drawn a second time.
            if addition == .added || key != nil { return id }
        }
    }
}

/// A name that a client gives to a post, so that it can repeat the post without harm.
///
/// Together with the poem it determines the haiku's id. A repeat of the same post thus meets its own haiku, and another
/// poem under a key that was used before, by whomever, is another post.
///
/// Source: IETF draft-ietf-httpapi-idempotency-key-header.
struct IdempotencyKey: Equatable {
    private let text: String

    /// The key in the header `Idempotency-Key`; nil when there is none.
    ///
    /// - Throws: ``APIError/badRequest(_:)`` unless it is 1 to 255 visible ASCII characters.
    init?(_ headers: HeaderFields) throws(APIError) {
        guard let text = headers["Idempotency-Key"] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .badRequest("Idempotency-Key is not 1 to 255 visible ASCII characters")
        }
        self.text = text
    }

    /// The first 128 bits of the SHA-256 of key and poem, the length of each in front of it.
    func id(for poem: Poem) -> HaikuID {
        var bytes: [UInt8] = []
        for part in [text, poem.username, poem.first, poem.second, poem.third] {
            bytes += "\(part.utf8.count):\(part)".utf8
        }
        let digest = SHA256.digest(of: bytes)
        func word(_ range: Range<Int>) -> UInt64 { digest[range].reduce(0) { $0 << 8 | UInt64($1) } }
        return HaikuID(high: word(0..<8), low: word(8..<16))
    }
}
