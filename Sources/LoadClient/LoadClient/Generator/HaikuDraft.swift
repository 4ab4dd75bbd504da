import JSON

/// The four strings of a haiku to post.
package struct HaikuDraft: Hashable, Sendable {
    package let username: String
    package let first: String
    package let second: String
    package let third: String

    /// The user of all haiku that load tests post, by which they can be found and deleted.
    package static let loadTestUsername = "bashoutter-client load test"

    /// The same haiku by ``loadTestUsername``.
    var loadTest: HaikuDraft {
        HaikuDraft(username: Self.loadTestUsername, first: first, second: second, third: third)
    }

    /// The body of the POST request: a JSON object in UTF-8.
    package var json: [UInt8] {
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
