/// Generates an endless sequence of Japanese haiku of 5, 7 and 5 morae, determined by a seed.
///
/// No haiku is repeated until all ``combinations``, more than 1.5 million, have been generated.
///
/// ```swift
/// var generator = HaikuGenerator(seed: 42)
/// let haiku = generator.next()  // 蝉時雨 / 夜風に残る / 大根引
/// ```
package struct HaikuGenerator: Sendable {
    /// The number of distinct haiku.
    package static let combinations =
        Phrase.openings.count * Phrase.adverbs.count * Phrase.verbs.count * Phrase.closings.count

    private var step: Int
    private let stepIncrement: Int
    private let start: Int
    private let stride: Int

    /// Creates the generator of one of several workers that share a seed. Their sequences are disjoint until one worker has
    /// generated its share of ``combinations``.
    ///
    /// - Parameter worker: The worker's index, from 0 to `workers` - 1.
    package init(seed: UInt64, worker: Int = 0, of workers: Int = 1) {
        var random = SplitMix64(seed: seed, stream: 0x6861_696B_75)
        let count = Self.combinations
        start = Int(random.next() % UInt64(count))
        // A stride that is coprime to the number of combinations visits each of them once.
        var stride = count / 3 + Int(random.next() % UInt64(count / 3))
        while !Self.areCoprime(stride, count) { stride += 1 }
        self.stride = stride
        step = worker
        stepIncrement = workers
    }

    package mutating func next() -> HaikuDraft {
        let count = Self.combinations
        var combination = (start + (step % count) * stride) % count
        func pick(_ phrases: [Phrase]) -> String {
            defer { combination /= phrases.count }
            return phrases[combination % phrases.count].text
        }
        let haiku = HaikuDraft(
            username: Self.usernames[step % Self.usernames.count],
            first: pick(Phrase.openings),
            second: pick(Phrase.adverbs) + pick(Phrase.verbs),
            third: pick(Phrase.closings)
        )
        step += stepIncrement
        return haiku
    }

    private static let usernames = [
        "芭蕉", "蕪村", "一茶", "千代女", "子規", "虚子", "漱石", "多佳子", "久女", "山頭火", "放哉", "碧梧桐", "其角",
        "嵐雪", "去来", "丈草", "凡兆", "北枝", "素堂",
    ]

    private static func areCoprime(_ a: Int, _ b: Int) -> Bool {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 1
    }
}
