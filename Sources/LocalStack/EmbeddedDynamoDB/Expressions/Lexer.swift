/// Splits an expression into tokens.
enum Lexer {
    struct LocatedToken {
        let token: Token
        let range: Range<Int>
    }

    /// - Parameter expression: The expression in UTF-8.
    static func tokens(of expression: [UInt8]) -> [LocatedToken] {
        var tokens: [LocatedToken] = []
        var start = 0
        while start < expression.count {
            if isSpace(expression[start]) {
                start += 1
                continue
            }
            let end = start + length(of: expression[start...])
            tokens.append(LocatedToken(token: token(expression[start..<end]), range: start..<end))
            start = end
        }
        tokens.append(LocatedToken(token: .end, range: start..<start))
        return tokens
    }

    private static func length(of rest: ArraySlice<UInt8>) -> Int {
        guard let first = rest.first else { return 0 }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: ":") {
            return 1 + rest.dropFirst().prefix(while: isIdentifier).count
        }
        if isDigit(first) { return rest.prefix(while: isDigit).count }
        if isLetter(first) { return rest.prefix(while: isIdentifier).count }
        if rest.starts(with: "<=".utf8) || rest.starts(with: ">=".utf8) || rest.starts(with: "<>".utf8) { return 2 }
        // UTF-8 continuation bytes belong to the character that they continue.
        return 1 + rest.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count
    }

    private static func token(_ bytes: ArraySlice<UInt8>) -> Token {
        let text = String(decoding: bytes, as: UTF8.self)
        return switch bytes.first {
        case UInt8(ascii: "#") where bytes.count > 1: .name(text)
        case UInt8(ascii: ":") where bytes.count > 1: .value(text)
        case let first? where isDigit(first): .index(text)
        case let first? where isLetter(first): .identifier(text)
        case let first? where "()[],.=<>+-".utf8.contains(first): .symbol(text)
        default: .invalid(text)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}
