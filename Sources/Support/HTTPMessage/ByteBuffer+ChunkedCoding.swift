import Encoding
package import NIOCore

/// A line that is too long or does not end with CRLF.
package struct MalformedHTTPLine: Error {
    package let reason: String
}

extension ByteBuffer {
    /// Reads a line of at most `limit` bytes and returns it without its CRLF; nil if it is incomplete.
    package mutating func readHTTPLine(upTo limit: Int) throws(MalformedHTTPLine) -> ByteBuffer? {
        let available = readableBytesView
        guard let end = available.prefix(limit).firstIndex(of: UInt8(ascii: "\n")) else {
            guard available.count < limit else { throw MalformedHTTPLine(reason: "line too long") }
            return nil
        }
        guard end > available.startIndex, available[end - 1] == UInt8(ascii: "\r") else {
            throw MalformedHTTPLine(reason: "line does not end with CRLF")
        }
        let line = readSlice(length: end - 1 - available.startIndex)
        moveReaderIndex(forwardBy: 2)
        return line
    }

    /// The size in a chunk's first line (RFC 9112, section 7.1): hexadecimal digits, and optional extensions after a
    /// semicolon; nil if the line has another form or the size more than 15 digits. Extensions are ignored, but must begin
    /// with a name and contain no control character, which other implementations may take for the end of the line.
    package var httpChunkSize: Int? {
        let line = readableBytesUInt8Span
        var (size, index) = (0, 0)
        while index < line.count, let digit = Hexadecimal.value(of: line[index]) {
            guard index < 15 else { return nil }
            size = size << 4 | Int(digit)
            index += 1
        }
        return index > 0 && Self.areChunkExtensions(readableBytesView.dropFirst(index)) ? size : nil
    }

    private static func areChunkExtensions(_ text: ByteBufferView) -> Bool {
        guard let first = text.first else { return true }
        let rest = text.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        let afterName = rest.drop(while: HTTPHeaderFields.isAllowedInName)
        return first == UInt8(ascii: ";") && afterName.count < rest.count
            && (afterName.first.map { "=; \t".utf8.contains($0) } ?? true)
            && text.allSatisfy(HTTPHeaderFields.isAllowedInValue)
    }
}
