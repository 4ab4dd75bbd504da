/// Writes haiku in Japanese, five, seven and five morae, without end: the same ones for the same seed, and no two
/// alike before every combination of its phrases has been used, which takes more than 1.5 million of them.
///
/// ```swift
/// var generator = HaikuGenerator(seed: 42)
/// let haiku = generator.next()        // 菜の花や / かすかに見ゆる / 峠道
/// ```
public struct HaikuGenerator: Sendable {
    /// How many different haiku there are.
    public static let combinations =
        Phrase.openings.count * Phrase.adverbs.count * Phrase.verbs.count * Phrase.closings.count

    private var step: Int
    private let start: Int
    private let stride: Int
    private let stepWidth: Int

    /// A generator for the worker `worker` of `workers` that share a seed: none of them writes what another does.
    public init(seed: UInt64, worker: Int = 0, of workers: Int = 1) {
        var random = SplitMix64(seed: seed, stream: 0x6861_696B_75)
        let count = Self.combinations
        start = Int(random.next() % UInt64(count))
        // Steps of a width that shares no factor with the number of combinations visit each of them once.
        var width = count / 3 + Int(random.next() % UInt64(count / 3))
        while !Self.areCoprime(width, count) { width += 1 }
        stride = width
        step = worker
        stepWidth = workers
    }

    /// The next haiku.
    public mutating func next() -> HaikuDraft {
        let count = Self.combinations
        var rest = (start + (step % count) * stride) % count
        func pick(_ phrases: [Phrase]) -> String {
            defer { rest /= phrases.count }
            return phrases[rest % phrases.count].text
        }
        let haiku = HaikuDraft(
            username: Self.poets[step % Self.poets.count],
            first: pick(Phrase.openings),
            second: pick(Phrase.adverbs) + pick(Phrase.verbs),
            third: pick(Phrase.closings)
        )
        step += stepWidth
        return haiku
    }

    private static let poets = [
        "芭蕉", "蕪村", "一茶", "千代女", "子規", "虚子", "漱石", "多佳子", "久女", "山頭火", "放哉", "碧梧桐", "其角",
        "嵐雪", "去来", "丈草", "凡兆", "北枝", "素堂",
    ]

    private static func areCoprime(_ a: Int, _ b: Int) -> Bool {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 1
    }
}
