import JSON

/// The parts of a JSON report that a comparison needs.
package struct SavedReport: Sendable {
    /// The measurements of one second.
    struct Second {
        let succeeded: Double
        /// nil if no request ended.
        let errorPercent: Double?
        /// Milliseconds; nil if no request succeeded.
        let p50: Double?
        let p99: Double?
    }

    let name: String
    let endpoint: String
    let startedAt: String
    let goodput: Double
    let errorPercent: Double
    /// Milliseconds; nil if no request succeeded.
    let p50: Double?
    let p99: Double?
    /// Latencies of successful requests in milliseconds, in ascending order, and their counts.
    let histogram: [(milliseconds: Double, count: Double)]
    /// The whole seconds of the measurement.
    let seconds: [Second]

    /// - Parameters:
    ///   - name: The name that the comparison shows.
    ///   - json: What `load --json` has written.
    /// - Throws: ``SavedReportError`` if it is not such a report, or of another schema version.
    package init(name: String, json: [UInt8]) throws(SavedReportError) {
        guard let report = try? JSONValue(parsing: json), let version = report["schema_version"]?.int else {
            throw .notAReport(name)
        }
        guard version == LoadReport.schemaVersion else { throw .schemaVersion(name, version) }
        func number(_ value: JSONValue?) -> Double? { value?.number?.double }
        guard let endpoint = report["endpoint"]?.string, let goodput = number(report["goodput"]),
            let errorPercent = number(report["error_percent"]), let measured = number(report["measured_s"]),
            let rows = report["seconds"]?.array
        else { throw .notAReport(name) }
        self.name = name
        self.endpoint = endpoint
        startedAt = report["started_at"]?.string ?? ""
        self.goodput = goodput
        self.errorPercent = errorPercent
        p50 = number(report["latency_ms"]?["all"]?["p50"])
        p99 = number(report["latency_ms"]?["all"]?["p99"])
        histogram = (report["histograms_ms"]?["all"]?.array ?? []).compactMap { pair in
            guard let pair = pair.array, pair.count == 2, let time = number(pair[0]), let count = number(pair[1]) else {
                return nil
            }
            return (time, count)
        }
        seconds = rows.compactMap { row in
            // A partial second, and the responses after the end of the measurement, have no rate.
            guard let index = number(row["second"]), index + 1 <= measured, let succeeded = number(row["succeeded"]),
                let done = number(row["done"]), let errors = number(row["errors"])
            else { return nil }
            return Second(
                succeeded: succeeded,
                errorPercent: done > 0 ? 100 * errors / max(done, errors) : nil,
                p50: number(row["p50_ms"]),
                p99: number(row["p99_ms"])
            )
        }
    }
}

/// Why a file is not a ``SavedReport``.
package enum SavedReportError: Error, CustomStringConvertible {
    case notAReport(String)
    case schemaVersion(String, Int)

    package var description: String {
        switch self {
        case .notAReport(let name): "\(name) is not a report; expected a file that 'load --json FILE' has written"
        case .schemaVersion(let name, let version):
            "\(name) has the schema version \(version), but this client reads version \(LoadReport.schemaVersion)"
        }
    }
}
