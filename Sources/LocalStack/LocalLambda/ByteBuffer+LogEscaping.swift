package import NIOCore

extension ByteBuffer {
    /// Writes a line of UTF-8 with its control characters escaped, except tabs, so that text from a client can neither
    /// forge a log line nor control the terminal.
    package mutating func writeEscaped(_ line: ByteBuffer) {
        guard line.readableBytesView.contains(where: Self.mayStartControlCharacter) else {
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

    /// U+0080 to U+009F start with 0xC2 in UTF-8.
    private static func mayStartControlCharacter(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F || byte == 0xC2
    }
}
