/// Lower-case hexadecimal digits (RFC 4648, section 8, in lower case).
enum Hexadecimal {
    /// The digit of `value`, 0…15.
    static func digit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The value of `digit`; nil unless it is one of `0`…`9` and `a`…`f`.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digit(of: $0 >> 4), digit(of: $0 & 0xF)] }, as: UTF8.self)
    }

    /// nil when there is an odd digit or a character that is none.
    static func decode(_ text: String) -> [UInt8]? {
        let values = text.utf8.map(value(of:))
        guard values.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let high = values[index], let low = values[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
