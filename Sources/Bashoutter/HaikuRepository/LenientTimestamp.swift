import Time

/// A date and time as other tools write it: ISO 8601's `2020-07-06T02:46:04`, with a `T` or a space, with or without a
/// fraction of a second, and with `Z`, an offset such as `+09:00`, or neither, which means UTC.
struct LenientTimestamp {
    /// Microseconds since 1970.
    let microseconds: Int64
    /// Whether the text has a fraction of a second of at least a microsecond.
    let hasFraction: Bool

    /// Returns nil if `text` has another form, or no such date exists.
    init?(_ text: String) {
        var scanner = Scanner(rest: text.utf8[...])
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(digits: 2), (1...Self.days(in: month, of: year)).contains(day),
            scanner.skip("T") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            // 60 is a leap second.
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        let fraction = scanner.skip(".") ? scanner.fraction() : 0
        guard let fraction, let offset = scanner.offset(), scanner.rest.isEmpty else { return nil }
        let days = Int64(CivilDate(year: Int(year), month: Int(month), day: Int(day)).daysSince1970)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        microseconds = seconds * 1_000_000 + fraction
        hasFraction = fraction > 0
    }

    private struct Scanner {
        var rest: Substring.UTF8View

        mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character.asciiValue else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(digits: Int) -> Int64? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// The digits after the point as microseconds. Digits after the sixth are dropped.
        mutating func fraction() -> Int64? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            let padded = digits.prefix(6) + Array(repeating: 0x30, count: max(6 - digits.count, 0))
            return padded.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int64? {
            if rest.isEmpty || skip("Z") { return 0 }
            let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
            guard sign != 0, let hours = number(digits: 2), hours < 24 else { return nil }
            _ = skip(":")
            guard let minutes = number(digits: 2), minutes < 60 else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
