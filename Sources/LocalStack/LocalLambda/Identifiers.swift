import Encoding
import Time

/// Identifiers in the forms that Lambda uses.
enum Identifiers {
    /// A random UUID (RFC 9562, version 4), in lower case.
    static func requestID() -> String {
        let digits = { Identifier.hexadecimal($0) }
        return "\(digits(8))-\(digits(4))-4\(digits(3))-\(Identifier.random(1, of: "89ab"))\(digits(3))-\(digits(12))"
    }

    /// The X-Ray trace header of a request that is not sampled.
    static func traceHeader() -> String {
        let seconds = String(WallClock.seconds(), radix: 16)
        return "Root=1-\(seconds)-\(Identifier.hexadecimal(24));Parent=\(Identifier.hexadecimal(16));Sampled=0"
    }
}
