/// Percent-encoding (RFC 3986, section 2.1) and, for queries, the form encoding that browsers use (`+` for a space).
@usableFromInline
package enum PercentEncoding {
    /// Encodes every byte except the unreserved characters (RFC 3986, section 2.3), with upper-case digits.
    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            if isUnreserved(byte) {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(Hexadecimal.uppercaseDigit(of: byte >> 4))
                text.append(Hexadecimal.uppercaseDigit(of: byte & 0xF))
            }
        }
        return text
    }

    /// Decodes `text`. A malformed escape is kept unchanged; text that does not decode to UTF-8 is returned undecoded.
    // Inlinable, so that the search is specialized for the type of the text.
    @inlinable
    package static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: text, as: UTF8.self)
        }
        return String(validating: decodeBytes(text, plusIsSpace: plusIsSpace), as: UTF8.self)
            ?? String(decoding: text, as: UTF8.self)
    }

    /// Decodes `text`. Returns nil if an escape is malformed or the result is not UTF-8.
    package static func decodeStrictly(_ text: some Collection<UInt8>) -> String? {
        var rest = text[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[percent...].dropFirst()
            guard valueOfTwoDigits(rest) != nil else { return nil }
        }
        return String(validating: decodeBytes(text), as: UTF8.self)
    }

    /// Decodes `text`. A malformed escape is kept unchanged.
    @usableFromInline
    package static func decodeBytes(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let decoded = valueOfTwoDigits(rest) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Decodes the parameters of a query string, in order. A parameter without `=` has an empty value.
    package static func parameters(ofQuery query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (
                name: decode(pair[..<equals], plusIsSpace: true),
                value: decode(pair[equals...].dropFirst(), plusIsSpace: true)
            )
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func valueOfTwoDigits(_ text: some Collection<UInt8>) -> UInt8? {
        let digits = text.prefix(2).compactMap(Hexadecimal.value(of:))
        return digits.count == 2 ? digits[0] << 4 | digits[1] : nil
    }
}
