import Time
import Foundation

/// Makes the identifiers that Lambda gives to what it does.
enum Identifiers {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A random UUID (RFC 9562, version 4), in lower case.
    static func requestID() -> String {
        var high = UInt64.random(in: .min ... .max)
        var low = UInt64.random(in: .min ... .max)
        high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[at] = UInt8(ascii: "-")
                    at += 1
                }
                let word = index < 16 ? high : low
                buffer[at] = digits[Int(word >> UInt64(60 - index % 16 * 4) & 0xF)]
                at += 1
            }
            return at
        }
    }

    /// `count` random hexadecimal digits.
    static func hexadecimal(_ count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { buffer in
            var word: UInt64 = 0
            for index in 0..<count {
                if index % 16 == 0 { word = .random(in: .min ... .max) }
                buffer[index] = digits[Int(word & 0xF)]
                word >>= 4
            }
            return count
        }
    }

    /// An X-Ray trace header of a request that is not sampled.
    static func traceHeader() -> String {
        let seconds = String(WallClock.seconds(), radix: 16)
        return "Root=1-\(seconds)-\(hexadecimal(24));Parent=\(hexadecimal(16));Sampled=0"
    }
}
