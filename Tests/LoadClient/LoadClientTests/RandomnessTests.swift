import Foundation
import LoadClient
import Testing

struct RandomnessTests {
    /// Pearson's chi-squared statistic.
    private static func chiSquare(_ observed: [Int], _ expected: [Double]) -> Double {
        zip(observed, expected).reduce(0) { $0 + pow(Double($1.0) - $1.1, 2) / $1.1 }
    }

    @Test(arguments: [
        ("get=70,post=20,like=9,delete=1", 42 as UInt64), ("get=1,post=1,like=1,delete=1", 7),
        ("get=50,post=50", 1), ("delete=3,like=5,post=7,get=11", 2026),
    ])
    func `operations are chosen with the frequencies of the mix`(text: String, seed: UInt64) throws {
        let mix = try OperationMix(text)
        var random = SplitMix64(seed: seed)
        var counts = [0, 0, 0, 0]
        let draws = 100_000
        for _ in 0..<draws { counts[mix.pick(using: &random).rawValue] += 1 }
        let sum = Double(mix.weights.reduce(0, +))
        let wanted = zip(counts, mix.weights).filter { $0.1 > 0 }
        for (count, weight) in zip(counts, mix.weights) where weight == 0 { #expect(count == 0) }
        // With three degrees of freedom, 16.3 is exceeded for one seed in a thousand.
        #expect(Self.chiSquare(wanted.map(\.0), wanted.map { Double($0.1) * Double(draws) / sum }) < 16.3)
    }

    @Test(arguments: [1 as UInt64, 42, 31_337])
    func `intervals of Poisson arrivals are exponentially distributed`(seed: UInt64) {
        let rate = 1000.0
        var arrivals = ArrivalTimes(
            profile: RateProfile(constant: rate), process: .poisson, start: 0, seed: seed)
        var last: Nanoseconds = 0
        var counts = Array(repeating: 0, count: 10)
        let draws = 50_000
        for _ in 0..<draws {
            // The cumulative distribution function maps exponential intervals to uniform numbers in 0...1.
            let quantile = 1 - exp(-Double(arrivals.next - last) / 1e9 * rate)
            counts[min(Int(quantile * 10), 9)] += 1
            last = arrivals.next
            arrivals.advance()
        }
        // With nine degrees of freedom, 27.9 is exceeded for one seed in a thousand.
        #expect(Self.chiSquare(counts, Array(repeating: Double(draws) / 10, count: 10)) < 27.9)
        // The sum of the intervals is within four standard deviations.
        #expect(abs(last.seconds - Double(draws) / rate) < 4 * Double(draws).squareRoot() / rate)
    }

    @Test
    func `constant arrivals do not drift`() {
        var arrivals = ArrivalTimes(
            profile: RateProfile(constant: 3), process: .constant, start: 0, seed: 1)
        for _ in 0..<3_000_000 { arrivals.advance() }
        #expect(arrivals.next == 1_000_000 * second)
    }

    @Test
    func `the generator matches the published SplitMix64 output`() {
        // The published output for the state 0, which this seed and stream produce.
        var random = SplitMix64(seed: 0, stream: 0 &- 0x9E37_79B9_7F4A_7C15)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
        #expect(random.next() == 0x06C4_5D18_8009_454F)
    }

    @Test
    func `streams of one seed differ`() {
        var one = SplitMix64(seed: 5, stream: 1)
        var two = SplitMix64(seed: 5, stream: 2)
        #expect((0..<100).allSatisfy { _ in one.next() != two.next() })
    }

    @Test(arguments: ["get", "get=", "get=-1", "get=1,get=2", "put=1", "", "get=0", "get=1,", "get=1.5", "get=1=2"])
    func `an invalid mix is rejected`(text: String) {
        #expect(throws: OperationMixError.self) { try OperationMix(text) }
    }

    @Test
    func `the description of a mix uses the syntax that is parsed`() throws {
        #expect(try OperationMix("delete=1,get=2").description == "get=2,delete=1")
    }
}
