/// The SplitMix64 pseudorandom number generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
/// OOPSLA 2014). A seed gives the same numbers on every platform. It is not cryptographically secure.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter stream: Selects one of the independent sequences of `seed`.
    package init(seed: UInt64, stream: UInt64 = 0) {
        state = Self.mix(seed) ^ Self.mix(stream &+ 0x9E37_79B9_7F4A_7C15)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number in 0..<1 with 53 random bits.
    package mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
