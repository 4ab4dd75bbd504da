/// RFC 3986, section 2.1, and for queries the form encoding that browsers use (`+` for a space).
enum PercentEncoding {
    /// A malformed escape stands for itself; bytes that are not UTF-8 become U+FFFD.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
        let encoded = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(encoded.count)
        var at = 0
        while at < encoded.count {
            if encoded[at] == UInt8(ascii: "%"), at + 2 < encoded.count, let high = digit(encoded[at + 1]),
                let low = digit(encoded[at + 2])
            {
                decoded.append(high << 4 | low)
                at += 3
            } else {
                let isSpace = plusIsSpace && encoded[at] == UInt8(ascii: "+")
                decoded.append(isSpace ? UInt8(ascii: " ") : encoded[at])
                at += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    static func query(_ raw: String) -> [String: [String]] {
        var query: [String: [String]] = [:]
        for pair in raw.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? decode(Substring(parts[1]), plusIsSpace: true) : ""
            query[decode(Substring(parts[0]), plusIsSpace: true), default: []].append(value)
        }
        return query
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
