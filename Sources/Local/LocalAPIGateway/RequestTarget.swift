/// The path and the query of a request, as they were sent.
package struct RequestTarget {
    package let path: String
    /// Without the question mark; empty if there is none.
    package let query: String

    package init(_ target: String) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = target
            query = ""
            return
        }
        path = String(target[..<mark])
        query = String(target[target.utf8.index(after: mark)...])
    }

    /// The parameters of the query, decoded, in the order of their first occurrence; those that occur several times
    /// have their values joined by commas.
    package var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = PercentEncoding.decode(pair[..<equals], plusIsSpace: true)
            let value = PercentEncoding.decode(pair[equals...].dropFirst(), plusIsSpace: true)
            if let index = parameters.firstIndex(where: { $0.name == name }) {
                parameters[index].value += ",\(value)"
            } else {
                parameters.append((name, value))
            }
        }
        return parameters
    }
}

/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// The decoded text. What is no valid encoding, or does not decode to UTF-8, stays as it is.
    package static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: "%"), let high = text.prefixValue(at: index) {
                bytes.append(high)
                index = text.index(index, offsetBy: 2)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(decoding: text, as: UTF8.self)
    }
}

extension Collection where Element == UInt8 {
    /// The value of the two hexadecimal digits at `index`, if there are two.
    fileprivate func prefixValue(at index: Index) -> UInt8? {
        guard let second = self.index(index, offsetBy: 1, limitedBy: endIndex), second != endIndex, index != endIndex,
            let high = Self.value(ofDigit: self[index]), let low = Self.value(ofDigit: self[second])
        else { return nil }
        return high << 4 | low
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
