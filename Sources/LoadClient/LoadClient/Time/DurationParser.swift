/// Parses durations such as `500ms`, `10s`, `1.5m`, `1h` and `250us`.
package enum DurationParser {
    /// 100 days, in nanoseconds.
    private static let upperBound = 8.64e15

    /// Returns nil if `text` is not a duration shorter than 100 days. A number without a unit means seconds, unless a
    /// unit is required.
    package static func nanoseconds(in text: String, unitRequired: Bool = false) -> Nanoseconds? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[number.endIndex...]
        let factor: Double
        switch unit {
        case "us", "µs": factor = 1e3
        case "ms": factor = 1e6
        case "s": factor = 1e9
        case "m", "min": factor = 60e9
        case "h": factor = 3600e9
        case "" where !unitRequired: factor = 1e9
        default: return nil
        }
        guard let value = Double(number), value * factor < upperBound else { return nil }
        return UInt64((value * factor).rounded())
    }
}
