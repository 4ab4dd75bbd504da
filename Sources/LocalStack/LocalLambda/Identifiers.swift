import Encoding
import Time

/// Identifiers in the forms that Lambda uses.
enum Identifiers {
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
                let half = index < 16 ? high : low
                buffer[at] = Hexadecimal.digit(of: UInt8(half >> UInt64(60 - index % 16 * 4) & 0xF))
                at += 1
            }
            return at
        }
    }

    /// The X-Ray trace header of a request that is not sampled.
    static func traceHeader() -> String {
        let seconds = String(WallClock.seconds(), radix: 16)
        return "Root=1-\(seconds)-\(Hexadecimal.random(24));Parent=\(Hexadecimal.random(16));Sampled=0"
    }
}
