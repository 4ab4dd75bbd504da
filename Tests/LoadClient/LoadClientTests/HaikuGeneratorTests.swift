import JSON
import LoadClient
import Testing

struct HaikuGeneratorTests {
    /// One for each kana, except that a small ya, yu or yo belongs to the kana before it.
    private static func morae(in reading: String) -> Int {
        reading.filter { !"ゃゅょ".contains($0) }.count
    }

    @Test
    func `phrases have the number of morae of their position`() {
        for (phrases, morae) in [
            (Phrase.openings, 5), (Phrase.adverbs, 4), (Phrase.verbs, 3), (Phrase.closings, 5),
        ] {
            for phrase in phrases {
                #expect(Self.morae(in: phrase.reading) == morae, "\(phrase.text) (\(phrase.reading))")
                #expect(phrase.reading.unicodeScalars.allSatisfy { (0x3041...0x3096).contains($0.value) })
            }
            #expect(Set(phrases.map(\.text)).count == phrases.count)
        }
    }

    @Test
    func `the same seed generates the same haiku`() {
        func haiku(_ seed: UInt64) -> [HaikuDraft] {
            var generator = HaikuGenerator(seed: seed)
            return (0..<100).map { _ in generator.next() }
        }
        #expect(haiku(1) == haiku(1))
        #expect(haiku(1) != haiku(2))
    }

    @Test(arguments: [1, 3])
    func `the first 30,000 haiku are different`(workers: Int) {
        var lines: Set<[String]> = []
        for worker in 0..<workers {
            var generator = HaikuGenerator(seed: 9, worker: worker, of: workers)
            for _ in 0..<(30_000 / workers) {
                let haiku = generator.next()
                lines.insert([haiku.first, haiku.second, haiku.third])
            }
        }
        #expect(lines.count == 30_000)
    }

    /// If the step from one haiku to the next shared this divisor with the number of combinations, the haiku would repeat
    /// after `combinations / divisor`.
    @Test(arguments: [2, 3])
    func `the haiku are repeated only after all combinations`(divisor: Int) {
        let period = HaikuGenerator.combinations / divisor
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = HaikuGenerator(seed: seed, worker: 0, of: period)
            let (first, later) = (generator.next(), generator.next())
            #expect((first.first, first.second, first.third) != (later.first, later.second, later.third))
        }
    }

    @Test
    func `the body is the JSON object that the API expects`() throws {
        var generator = HaikuGenerator(seed: 1)
        let haiku = generator.next()
        let body = try JSONValue(parsing: haiku.json)
        #expect(
            body
                == .object([
                    "username": .string(haiku.username), "first": .string(haiku.first), "second": .string(haiku.second),
                    "third": .string(haiku.third),
                ])
        )
        #expect(!haiku.username.isEmpty)
    }
}
