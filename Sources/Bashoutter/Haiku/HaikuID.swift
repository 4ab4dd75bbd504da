import Encoding

/// The id of a haiku: 128 bits, written as 32 lower-case hexadecimal digits.
///
/// The textbook stores ids in this form: Python's `uuid.uuid4().hex`.
package struct HaikuID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Creates an id of 128 bits: the most significant 64 and the least significant 64.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func random(using generator: inout some RandomNumberGenerator) -> HaikuID {
        HaikuID(high: generator.next(), low: generator.next())
    }

    /// Returns nil unless `text` is 32 lower-case hexadecimal digits.
    package init?(_ text: some StringProtocol) {
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        for digit in text.utf8 {
            guard count < 32, let value = Hexadecimal.value(ofLowercase: digit) else { return nil }
            words.high = words.high << 4 | words.low >> 60
            words.low = words.low << 4 | UInt64(value)
            count += 1
        }
        guard count == 32 else { return nil }
        self.init(high: words.high, low: words.low)
    }

    /// The shard of the feed that the haiku belongs to: 0 to `shards.count` - 1.
    package func shard(of shards: FeedShards) -> Int {
        Int(low % UInt64(shards.count))
    }
}

extension HaikuID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package var description: String {
        String(unsafeUninitializedCapacity: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                digits[index] = Hexadecimal.digit(of: UInt8(truncatingIfNeeded: word >> (60 - 4 * (index % 16))) & 0xF)
            }
            return 32
        }
    }
}
