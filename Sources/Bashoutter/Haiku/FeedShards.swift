/// The number of partitions of the index over which the feed is spread: 1 to 256.
///
/// One partition takes 1,000 writes a second (Amazon DynamoDB Developer Guide, "Best practices for designing and using
/// partition keys effectively"). The number may grow at any time. It must never shrink: haiku in the shards beyond it
/// would no longer be listed.
package struct FeedShards: Hashable, Sendable {
    package let count: Int

    /// One partition, enough for 1,000 haiku a second.
    package static let one = FeedShards(unchecked: 1)

    private init(unchecked count: Int) {
        self.count = count
    }

    /// Returns nil unless `count` is between 1 and 256.
    package init?(_ count: Int) {
        guard (1...256).contains(count) else { return nil }
        self.count = count
    }
}
