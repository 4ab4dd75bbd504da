import Time
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

enum CommonLogFormat {
    /// `10/Mar/2020:05:16:23 +0000`
    static func time(millisecondsSince1970 milliseconds: Int64) -> String {
        let moment = UTCDateTime(secondsSince1970: Int(milliseconds / 1_000))
        let (date, month) = (moment.date, HTTPDate.months[moment.date.month - 1])
        return "\(date.day.zeroPadded(2))/\(month)/\(date.year.zeroPadded(4)):\(moment.time()) +0000"
    }
}
