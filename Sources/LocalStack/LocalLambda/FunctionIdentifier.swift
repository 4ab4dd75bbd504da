import Foundation

/// Parses how callers of Lambda's API identify a function: by its name, a partial ARN or an ARN, each with an optional
/// version or alias. A local function has one version, which is invoked whatever the version or alias.
///
/// Source: "Invoke" of the AWS Lambda API Reference, the pattern of `FunctionName`: optional `arn:aws:lambda:`, region,
/// account and `function:`, in this order, before the name.
enum FunctionIdentifier {
    /// The name of the function that a path segment identifies; nil if the segment is not a valid identifier.
    static func name(in segment: String) -> String? {
        let identifier = segment.removingPercentEncoding ?? segment
        // Not by characters: a colon with a combining mark is another character.
        var parts = identifier.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)[...]
        if parts.count > 3, parts.first?.elementsEqual("arn".utf8) == true {
            guard parts[1].starts(with: "aws".utf8), parts[2].elementsEqual("lambda".utf8) else { return nil }
            parts = parts.dropFirst(3)
        }
        for isPrefix in [isRegion, isAccount, { $0.elementsEqual("function".utf8) }] {
            if parts.count > 1, let first = parts.first, isPrefix(first) { parts = parts.dropFirst() }
        }
        guard let name = parts.popFirst(), isName(name), parts.count <= 1 else { return nil }
        if let version = parts.first, !isName(version), !version.elementsEqual("$LATEST".utf8) { return nil }
        return String(Substring(name))
    }

    private static func isRegion(_ part: Substring.UTF8View) -> Bool {
        let parts = part.split(separator: UInt8(ascii: "-"))
        return (3...4).contains(parts.count) && parts[0].count == 2 && parts.last?.count == 1
            && parts.last?.allSatisfy(isDigit) == true
    }

    private static func isAccount(_ part: Substring.UTF8View) -> Bool { part.count == 12 && part.allSatisfy(isDigit) }

    private static func isName(_ part: Substring.UTF8View) -> Bool {
        !part.isEmpty
            && part.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
