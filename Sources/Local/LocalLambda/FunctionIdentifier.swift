import Foundation

/// What callers of Lambda's API may write for a function: its name, a partial ARN or an ARN, each with or without a
/// version behind it. Here each function has one version, which any means.
///
/// Source: "Invoke" of the AWS Lambda API Reference, the pattern of `FunctionName`.
enum FunctionIdentifier {
    /// The function's name out of one segment of a path; nil if it can be none.
    static func name(in segment: String) -> String? {
        let pattern =
            /(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-[0-9]:)?([0-9]{12}:)?(function:)?(?<name>[a-zA-Z0-9_-]+)(:(\$LATEST|[a-zA-Z0-9_-]+))?/
        let identifier = segment.removingPercentEncoding ?? segment
        return identifier.wholeMatch(of: pattern).map { String($0.name) }
    }
}
