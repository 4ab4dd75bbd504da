import HTTPMessage
import NIOCore

/// The response parser gives the same result however the bytes are split, and limits the length of bodies.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let whole = Outcome(of: bytes, in: [bytes.count])
    expect(whole == Outcome(of: bytes, in: [1]), "single bytes give the same result as one piece")
    // The input determines the sizes of the pieces.
    expect(
        whole == Outcome(of: bytes, in: bytes.prefix(8).map { Int($0 % 23) + 1 }),
        "pieces give the same result as one piece")
}

/// All results of the parser for an input, until it fails.
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
                    record(response, "\(isKeepAlive)")
                    part = ByteBuffer()
                }
            }
            end = Self.text(try parser.finish())
        } catch {
            failure = error
        }
    }

    private mutating func record(_ response: HTTPResponse, _ isKeepAlive: String) {
        expect((200...599).contains(response.status), "a status is valid")
        expect(response.body.readableBytes <= Self.limit, "no body exceeds the limit")
        responses.append(Self.text(response) + isKeepAlive)
    }

    private static func text(_ response: HTTPResponse) -> String {
        let fields = response.headers.map { "\($0.name)=\($0.value)" }
        return "\(response.status) \(fields) \(Array(response.body.readableBytesView))"
    }
}
