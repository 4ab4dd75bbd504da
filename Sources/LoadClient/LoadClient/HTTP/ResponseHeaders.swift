package enum ResponseHeaders {
    /// In seconds. An API may return an absurd delay.
    private static let maximumDelay = 300.0

    /// The delay in `Retry-After` (RFC 9110, section 10.2.3), at most 5 minutes. nil unless it is a number of seconds.
    package static func retryAfter(_ value: String) -> Nanoseconds? {
        guard value.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Double(value) else { return nil }
        return UInt64(min(seconds, maximumDelay)) * 1_000_000_000
    }

    /// The duration of the metric `init` in `Server-Timing` (W3C, Server Timing), which has milliseconds. 0 if the metric
    /// has no valid duration; nil if there is no such metric.
    package static func initDuration(_ value: String) -> Nanoseconds? {
        for metric in value.split(separator: ",") {
            let parts = metric.split(separator: ";").map { part in
                String(part.filter { !$0.isWhitespace && $0 != "\"" })
            }
            guard parts.first == "init" else { continue }
            for part in parts.dropFirst() where part.lowercased().hasPrefix("dur=") {
                guard let milliseconds = Double(part.dropFirst(4)), (0...3_600_000).contains(milliseconds) else {
                    continue
                }
                return UInt64(milliseconds * 1e6)
            }
            return 0
        }
        return nil
    }
}
