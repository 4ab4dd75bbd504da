import Encoding
/// The identity of a haiku: 128 bits, written as 32 lower-case hexadecimal digits.
///
/// That is the form of Python's `uuid.uuid4().hex`, which the textbook stores.
public struct HaikuID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// An id made of 128 bits, most significant first.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An id that nobody has had before, drawn from `generator`.
    public static func random(using generator: inout some RandomNumberGenerator) -> HaikuID {
        HaikuID(high: generator.next(), low: generator.next())
    }

    /// The id that `text` writes; nil unless it is 32 lower-case hexadecimal digits.
    public init?(_ text: some StringProtocol) {
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

    /// The partition of the feed that the haiku belongs to, one of `count`.
    public func shard(of count: FeedShards) -> Int {
        Int(low % UInt64(count.count))
    }
}

extension HaikuID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                digits[index] = Hexadecimal.digit(of: UInt8(truncatingIfNeeded: word >> (60 - 4 * (index % 16))) & 0xF)
            }
            return 32
        }
    }
}
