import Encoding

/// Generates the identifiers that API Gateway assigns to requests.
enum GatewayIdentifiers {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Fifteen characters and an equals sign, such as `JKJaXmPLvHcESHA=`.
    static func requestID() -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            var random = UInt64.random(in: .min ... .max)
            for index in 0..<15 {
                // Ten characters use up sixty bits.
                if index == 10 { random = .random(in: .min ... .max) }
                buffer[index] = alphabet[Int(random & 63)]
                random >>= 6
            }
            buffer[15] = UInt8(ascii: "=")
            return 16
        }
    }

    /// An X-Ray trace header that has only a root, as API Gateway generates it.
    static func traceHeader(milliseconds: Int) -> String {
        "Root=1-\(String(milliseconds / 1_000, radix: 16))-\(Hexadecimal.random(24))"
    }
}
