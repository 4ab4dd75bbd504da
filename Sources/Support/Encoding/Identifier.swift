import Synchronization

/// Identifiers that must be unique but need not be secret: of requests, for example. They come from SplitMix64, which the
/// system seeds once. Each number of the system's own generator is a system call.
package enum Identifier {
    private static let state = Atomic(UInt64.random(in: .min ... .max))

    /// Returns random characters of `alphabet`, which has 2, 4, 8, 16, 32 or 64 ASCII characters.
    package static func random(_ count: Int, of alphabet: StaticString) -> String {
        let mask = UInt64(alphabet.utf8CodeUnitCount - 1)
        return String(unsafeUninitializedCapacity: count) { text in
            var bits: UInt64 = 0
            for index in 0..<count {
                // Ten characters use up to sixty bits.
                bits = index % 10 == 0 ? nextBits() : bits >> 6
                text[index] = alphabet.utf8Start[Int(bits & mask)]
            }
            return count
        }
    }

    /// `count` random lower-case hexadecimal digits.
    package static func hexadecimal(_ count: Int) -> String { random(count, of: "0123456789abcdef") }

    private static func nextBits() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
