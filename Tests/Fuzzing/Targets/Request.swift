import HTTPMessage
import HTTPServer
import NIOCore

/// The request parser gives the same result however the bytes are split, and its lengths and header fields are valid.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let whole = outcome(of: bytes, in: [bytes.count])
    expect(whole == outcome(of: bytes, in: [1]), "single bytes give the same result as one piece")
    // The input determines the sizes of the pieces.
    let sizes = bytes.prefix(8).map { Int($0 % 23) + 1 }
    expect(whole == outcome(of: bytes, in: sizes), "pieces give the same result as one piece")
}

/// All requests in an input, as text, and the rejection that ends it, if any.
private func outcome(of bytes: UnsafeRawBufferPointer, in sizes: [Int]) -> [String] {
    var parser = RequestParser(maximumHeadBytes: 200)
    var (texts, body, piece) = ([String](), [UInt8](), 0)
    var rest = bytes[...]
    do {
        while !rest.isEmpty, !sizes.isEmpty {
            let size = sizes[piece % sizes.count]
            parser.append(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
            piece += 1
            while true {
                if parser.isAtHead {
                    guard let (request, framing) = try parser.nextHead() else { break }
                    expect(framing.length ?? 0 >= 0, "a length is not negative")
                    expect(request.headers.isWellFormed, "no field contains a line break")
                    texts.append("\(request.method) \(request.path) \(request.headers.map { $0 }) \(framing)")
                }
                while let bytes = try parser.nextBody() { body += bytes.readableBytesView }
                guard parser.isAtHead else { break }
                texts.append("\(body)")
                body = []
            }
        }
        texts.append("\(body)")
    } catch {
        // How much of a body precedes the error depends on the pieces.
        texts.append("\(error)")
    }
    return texts
}
