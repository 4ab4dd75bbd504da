/// A position in the feed: its shards merged, newest first, and of equal times the shard with the smaller number first.
///
/// Earlier pages showed everything newer than ``postedAt``. Of the haiku with that very time, they showed those of the
/// shards before ``shard``, and those of ``shard`` up to and including ``id``.
package struct FeedPosition: Hashable, Sendable {
    package let postedAt: FeedTime
    package let shard: Int
    /// Nil if all haiku of ``shard`` with the time ``postedAt`` were shown.
    package let id: String?

    package init(postedAt: FeedTime, shard: Int, id: String?) {
        self.postedAt = postedAt
        self.shard = shard
        self.id = id
    }
}
