/// Percent-encoding (RFC 3986, section 2.1), and for queries the form encoding that browsers use (`+` for a space).
package enum PercentEncoding {
    /// Decodes `text`. A malformed escape stands for itself; a text that does not decode to UTF-8 is returned undecoded.
    package static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let decoded = firstTwoDigits(of: rest) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(decoding: text, as: UTF8.self)
    }

    /// The decoded parameters of a query string, in order. A parameter without `=` has an empty value.
    package static func parameters(ofQuery query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (
                name: decode(pair[..<equals], plusIsSpace: true),
                value: decode(pair[equals...].dropFirst(), plusIsSpace: true)
            )
        }
    }

    private static func firstTwoDigits(of text: some Collection<UInt8>) -> UInt8? {
        let digits = text.prefix(2).compactMap(Hexadecimal.value(of:))
        return digits.count == 2 ? digits[0] << 4 | digits[1] : nil
    }
}
