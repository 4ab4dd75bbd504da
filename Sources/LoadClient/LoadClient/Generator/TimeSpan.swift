/// Reads spans of time: `500ms`, `10s`, `1.5m`, `1h`, `250us`.
public enum TimeSpan {
    /// The span in nanoseconds; nil when `text` is none. A number without a unit is seconds, unless a unit is required.
    public static func nanoseconds(in text: String, unitRequired: Bool = false) -> Nanoseconds? {
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
        // A hundred days are more than anyone will wait.
        guard let value = Double(number), value * factor < 8.64e15 else { return nil }
        return UInt64((value * factor).rounded())
    }
}
