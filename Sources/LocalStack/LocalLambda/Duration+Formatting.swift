extension Duration {
    func seconds(decimals: Int) -> String { Self.format(nanoseconds, unit: 1_000_000_000, decimals) }

    package func milliseconds(decimals: Int) -> String { Self.format(nanoseconds, unit: 1_000_000, decimals) }

    var roundedUpMilliseconds: Int { Int((nanoseconds + 999_999) / 1_000_000) }

    private var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }

    /// Rounds half up, without Foundation and without a locale.
    private static func format(_ nanoseconds: Int64, unit: Int64, _ decimals: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (nanoseconds * scale + unit / 2) / unit
        let fraction = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
