import NIOCore

/// The parser of responses: whether bytes come in one piece or in many makes no difference, and no body is longer than
/// is allowed.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let whole = Outcome(of: bytes, in: [bytes.count])
    promise(whole == Outcome(of: bytes, in: [1]), "byte by byte is as good as at once")
    // Pieces as the input itself has them.
    promise(whole == Outcome(of: bytes, in: bytes.prefix(8).map { Int($0 % 23) + 1 }), "so are pieces")
}

/// All that a parser says of an input until it fails.
private struct Outcome: Equatable {
    private static let limit = 1_000

    private var responses: [String] = []
    private var failure: HTTPResponseParser.Failure?
    private var end: String?

    init(of bytes: UnsafeRawBufferPointer, in sizes: [Int]) {
        var parser = HTTPResponseParser(maximumBodyBytes: Self.limit)
        var rest = bytes[...]
        var piece = 0
        do throws(HTTPResponseParser.Failure) {
            while !rest.isEmpty {
                let size = sizes.isEmpty ? rest.count : sizes[piece % sizes.count]
                var part = ByteBuffer(bytes: rest.prefix(size))
                rest = rest.dropFirst(size)
                piece += 1
                while let (response, isKeepAlive) = try parser.receive(part) {
                    note(response, "\(isKeepAlive)")
                    part = ByteBuffer()
                }
            }
            end = Self.text(try parser.finish())
        } catch {
            failure = error
        }
    }

    private mutating func note(_ response: HTTPResponse, _ isKeepAlive: String) {
        promise((200...599).contains(response.status), "a status is one")
        promise(response.body.readableBytes <= Self.limit, "a body is as long as allowed")
        responses.append(Self.text(response) + isKeepAlive)
    }

    private static func text(_ response: HTTPResponse) -> String {
        let fields = response.headers.map { "\($0.name)=\($0.value)" }
        return "\(response.status) \(fields) \(Array(response.body.readableBytesView))"
    }
}
