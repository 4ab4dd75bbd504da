package enum NumberFormat {
    /// A rounded number with a fixed number of digits after the decimal point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value > 0 ? "inf" : value < 0 ? "-inf" : "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// `1,234,567`
    package static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Milliseconds with up to three digits after the decimal point: `0.123`, `12.35`, `1234`.
    static func milliseconds(_ time: Nanoseconds) -> String {
        let value = time.milliseconds
        return fixed(value, value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0)
    }

    /// A rate per second, rounded to an integer from 100 on.
    static func rate(_ value: Double) -> String {
        value >= 100 || value == value.rounded() ? fixed(value, 0) : fixed(value, 1)
    }

    /// A percentage with more digits after the decimal point the smaller it is.
    static func percent(_ value: Double) -> String {
        fixed(value, value == 0 || value >= 10 ? 1 : value >= 0.1 ? 2 : 4) + "%"
    }

    /// `1.5 s`, `250 ms`, `2 min`
    static func duration(_ time: Nanoseconds) -> String {
        if time < 1_000_000_000 { return trimmed(time.milliseconds) + " ms" }
        if time % 60_000_000_000 == 0 { return "\(time / 60_000_000_000) min" }
        return trimmed(time.seconds) + " s"
    }

    /// `12.3 MB`
    static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count) B"
        case ..<1_000_000: fixed(Double(count) / 1e3, 1) + " kB"
        case ..<1_000_000_000: fixed(Double(count) / 1e6, 1) + " MB"
        default: fixed(Double(count) / 1e9, 1) + " GB"
        }
    }

    /// At most three digits after the decimal point, without trailing zeros.
    static func trimmed(_ value: Double) -> String {
        var text = fixed(value, 3)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// Breaks `text` into lines of at most `width` characters, at spaces where possible.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var (lines, rest) = ([String](), Substring(text))
        while rest.count > width {
            let line = rest.prefix(width)
            let end = line.lastIndex(of: " ") ?? line.endIndex
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }

    static func rightAligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }

    static func leftAligned(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
