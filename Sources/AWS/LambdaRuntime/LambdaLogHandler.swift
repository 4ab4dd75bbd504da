import JSON
package import Logging
import Time

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes each log event as one line of text or JSON to standard error, which Lambda forwards to CloudWatch Logs.
///
/// Source: AWS Lambda Developer Guide, "Configuring JSON and plain text log formats".
package struct LambdaLogHandler: LogHandler {
    package enum Format: Sendable {
        /// `2026-11-21T01:02:03.456Z ERROR message key=value`
        case text
        /// `{"timestamp":…,"level":…,"message":…,"requestId":…}`
        case json
    }

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    private let format: Format
    private let write: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> Int64

    /// - Parameter now: The wall clock: milliseconds since 1970.
    package init(
        format: Format,
        level: Logger.Level,
        write: @escaping @Sendable ([UInt8]) -> Void = Self.writeToStandardError,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.format = format
        logLevel = level
        self.write = write
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line =
            switch format {
            case .text: text(event, metadata)
            case .json: json(event, metadata)
            }
        write(line + [UInt8(ascii: "\n")])
    }

    private func json(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("timestamp", timestamp)
            $0.member("level", event.level.lambdaName)
            $0.member("message", event.message.description)
            for (key, value) in metadata {
                $0.key(key)
                $0.string("\(value)")
            }
        }
        return writer.bytes
    }

    /// Escapes line breaks and other control characters, so that text from clients cannot forge a line.
    private func text(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)]) -> [UInt8] {
        var line = "\(timestamp) \(event.level.lambdaName) \(event.message)"
        for (key, value) in metadata { line += " \(key)=\(value)" }
        var escaped: [UInt8] = []
        for scalar in line.unicodeScalars {
            let isControl =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            escaped += isControl ? Array("\\u{\(String(scalar.value, radix: 16))}".utf8) : Array(String(scalar).utf8)
        }
        return escaped
    }

    private var timestamp: String {
        let moment = now()
        return UTCDateTime(secondsSince1970: Int(moment / 1000)).iso8601(zone: ".\((moment % 1000).zeroPadded(3))Z")
    }

    /// Writes the line in one system call, so that the lines of several processes do not interleave.
    @Sendable
    package static func writeToStandardError(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            // If the write fails, the line is lost: there is no other place to report it.
            while systemWrite(STDERR_FILENO, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
        }
    }
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

extension Logger.Level {
    fileprivate var lambdaName: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
