/// Over how many partitions of the index the feed is spread: 1 to 256.
///
/// One partition takes 1,000 writes a second (Amazon DynamoDB Developer Guide, "Best practices for designing and using
/// partition keys effectively"). The number may grow at any time; it must never shrink, or haiku are lost to view.
public struct FeedShards: Hashable, Sendable {
    /// The number of partitions.
    public let count: Int

    /// One partition, enough for 1,000 haiku a second.
    public static let one = FeedShards(unchecked: 1)

    private init(unchecked count: Int) {
        self.count = count
    }

    /// `count` partitions; nil outside 1…256.
    public init?(_ count: Int) {
        guard (1...256).contains(count) else { return nil }
        self.count = count
    }
}
