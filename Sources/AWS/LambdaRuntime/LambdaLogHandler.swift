import Time
internal import JSON
public import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Writes log events to the standard error stream, from where Lambda takes them to CloudWatch: one line each, as text
/// or as JSON.
///
/// Source: AWS Lambda Developer Guide, "Configuring JSON and plain text log formats".
public struct LambdaLogHandler: LogHandler {
    /// How a line looks.
    public enum Format: Sendable {
        /// `2026-11-21T01:02:03.456Z ERROR message key=value`
        case text
        /// `{"timestamp":…,"level":…,"message":…,"requestId":…}`
        case json
    }

    /// Events below this level are dropped.
    public var logLevel: Logger.Level
    /// Goes with every event. `requestId` comes first.
    public var metadata: Logger.Metadata = [:]

    private let format: Format
    private let write: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> Int64

    /// A handler that writes lines of `format`. `now` gives milliseconds since 1970.
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

    /// One value of the metadata that goes with every event.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one event as one line.
    public func log(event: LogEvent) {
        let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = switch format {
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

    /// Line breaks and other control characters are escaped, so that what a client sent cannot forge a line.
    private func text(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)]) -> [UInt8] {
        var line = "\(timestamp) \(event.level.lambdaName) \(event.message)"
        for (key, value) in metadata { line += " \(key)=\(value)" }
        var escaped: [UInt8] = []
        for scalar in line.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            escaped += isControl ? Array("\\u{\(String(scalar.value, radix: 16))}".utf8) : Array(String(scalar).utf8)
        }
        return escaped
    }

    private var timestamp: String {
        let moment = now()
        return UTCDateTime(secondsSince1970: Int(moment / 1000)).iso8601() + ".\((moment % 1000).zeroPadded(3))Z"
    }

    /// A line at a time, so that the lines of several processes do not mix.
    @Sendable
    package static func writeToStandardError(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            // A part that was not written is lost: there is nowhere to say so.
            while systemWrite(STDERR_FILENO, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
        }
    }
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

extension Logger.Level {
    /// Lambda's word for the level.
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
