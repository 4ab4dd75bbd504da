/// A haiku as it is stored.
package struct Haiku: Hashable, Sendable {
    package let id: HaikuID
    package let poem: Poem
    package let likes: Int
    package let postedAt: Timestamp

    package init(id: HaikuID, poem: Poem, likes: Int = 0, postedAt: Timestamp) {
        self.id = id
        self.poem = poem
        self.likes = likes
        self.postedAt = postedAt
    }
}
