import Foundation

/// Makes the identifiers that API Gateway gives to requests.
enum GatewayIdentifiers {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let digits = Array("0123456789abcdef".utf8)

    /// Fifteen letters and an equals sign, such as `JKJaXmPLvHcESHA=`.
    static func requestID() -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            var random = UInt64.random(in: .min ... .max)
            for index in 0..<15 {
                // Ten letters use up sixty bits.
                if index == 10 { random = .random(in: .min ... .max) }
                buffer[index] = letters[Int(random & 63)]
                random >>= 6
            }
            buffer[15] = UInt8(ascii: "=")
            return 16
        }
    }

    /// An X-Ray header with nothing but a root, as API Gateway adds it.
    static func traceHeader(milliseconds: Int) -> String {
        let root = String(unsafeUninitializedCapacity: 24) { buffer in
            var random: UInt64 = 0
            for index in 0..<24 {
                if index % 16 == 0 { random = .random(in: .min ... .max) }
                buffer[index] = digits[Int(random & 15)]
                random >>= 4
            }
            return 24
        }
        return "Root=1-\(String(milliseconds / 1_000, radix: 16))-\(root)"
    }
}

/// The time of day, as events carry it.
enum GatewayClock {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Milliseconds since 1970.
    static var milliseconds: Int { Int(Date().timeIntervalSince1970 * 1_000) }

    /// `10/Mar/2020:05:16:23 +0000`
    static func commonLogTime(_ milliseconds: Int) -> String {
        var seconds = milliseconds / 1_000
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(parts.tm_mday))/\(months[Int(parts.tm_mon)])/\(parts.tm_year + 1_900)"
        return "\(date):\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }
}
