/// A position in the feed, which merges its shards, newest first.
///
/// Earlier pages showed everything newer than ``postedAt``. Of the haiku posted in that very microsecond, they showed
/// those of each shard in ``seen`` up to and including the id given there.
package struct FeedPosition: Hashable, Sendable {
    /// When the last haiku shown was posted.
    package let postedAt: Timestamp
    /// For each shard of which a haiku posted at ``postedAt`` was shown: the id of the last such haiku.
    package let seen: [Int: String]

    package init(postedAt: Timestamp, seen: [Int: String]) {
        self.postedAt = postedAt
        self.seen = seen
    }
}
