/// A haiku as it is stored: a poem with its identity, when it was posted, and how many like it.
public struct Haiku: Hashable, Sendable {
    /// Who it is.
    public let id: HaikuID
    /// What it says, and who wrote it.
    public let poem: Poem
    /// How many likes it has.
    public let likes: Int
    /// When it was posted.
    public let postedAt: Timestamp

    /// A haiku made of its parts.
    public init(id: HaikuID, poem: Poem, likes: Int = 0, postedAt: Timestamp) {
        self.id = id
        self.poem = poem
        self.likes = likes
        self.postedAt = postedAt
    }
}
