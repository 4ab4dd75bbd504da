import Foundation

/// What callers of Lambda's API may write for a function: its name, a partial ARN or an ARN, each with or without the
/// name of a version behind it.
///
/// Source: "Invoke" of the AWS Lambda API Reference, `FunctionName`.
enum FunctionIdentifier {
    /// The function's name out of one segment of a path.
    static func name(in segment: String) -> String {
        let identifier = segment.removingPercentEncoding ?? segment
        // Not by characters: a colon before a combining mark would be none.
        let parts = identifier.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        if parts.count > 6, parts[0] == "arn", parts[5] == "function" { return parts[6] }
        if parts.count > 2, parts[1] == "function" { return parts[2] }
        return parts[0]
    }
}
