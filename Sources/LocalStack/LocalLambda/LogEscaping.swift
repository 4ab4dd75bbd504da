import NIOCore

extension ByteBuffer {
    /// Writes a line of a function's with its control characters escaped, but for the tab, so that what a client has
    /// sent can neither begin a line of its own nor command the terminal.
    mutating func writeEscaped(_ line: ByteBuffer) {
        guard line.readableBytesView.contains(where: Self.canBelongToControl) else {
            writeImmutableBuffer(line)
            return
        }
        for scalar in String(buffer: line).unicodeScalars {
            if scalar.properties.generalCategory == .control && scalar != "\t" {
                writeString("\\u{\(String(scalar.value, radix: 16))}")
            } else {
                writeString(String(scalar))
            }
        }
    }

    /// U+0080 to U+009F begin with 0xC2 in UTF-8.
    private static func canBelongToControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F || byte == 0xC2
    }
}
