import JSON

/// A haiku to be posted.
public struct HaikuDraft: Hashable, Sendable {
    /// Who wrote it.
    public let username: String
    /// Its first line, of five morae.
    public let first: String
    /// Its second line, of seven morae.
    public let second: String
    /// Its third line, of five morae.
    public let third: String

    /// The body of the POST: a JSON object, UTF-8.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 192)
        writer.object {
            $0.member("username", username)
            $0.member("first", first)
            $0.member("second", second)
            $0.member("third", third)
        }
        return writer.bytes
    }
}
